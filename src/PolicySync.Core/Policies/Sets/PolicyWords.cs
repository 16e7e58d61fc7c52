using System.Globalization;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Policies.Sets;

/// <summary>Parts of policies in words, for people.</summary>
public static class PolicyWords
{
    private const int MaxText = 500;

    /// <summary>A set of resources: <c>catalog=main; schema=sales; table=!orders_*</c>, where <c>!</c> means all but these.</summary>
    public static string Of(Dictionary<string, RangerPolicyResource> resources) => Cut(string.Join("; ", resources.Select(level =>
        $"{level.Key}={(level.Value.IsExcludes ? "!" : "")}{string.Join(", ", level.Value.Values)}{(level.Value.IsRecursive ? " (recursive)" : "")}")));

    /// <summary>The elements of sets of resources: the levels of the only set, <c>table=orders</c> for each value; else each set as a text.</summary>
    public static IReadOnlyList<string> Elements(IReadOnlyList<Dictionary<string, RangerPolicyResource>> sets) => sets is [var only]
        ? [.. only.SelectMany(level => (level.Value.Values is [] ? [""] : level.Value.Values)
            .Select(value => $"{level.Key}={(level.Value.IsExcludes ? "!" : "")}{value}{(level.Value.IsRecursive ? " (recursive)" : "")}"))]
        : [.. sets.Select(Of)];

    /// <summary>A span of time: <c>2026/01/01 00:00:00 to 2026/06/30 23:59:59 in CET</c>, with its recurring windows.</summary>
    public static string Of(RangerValiditySchedule schedule)
    {
        var text = $"{Given(schedule.StartTime) ?? "any time"} to {Given(schedule.EndTime) ?? "any time"} in {Given(schedule.TimeZone) ?? "UTC"}";
        return schedule.Recurrences is [] ? text : $"{text}, within {string.Join(" or ", schedule.Recurrences.Select(Of))}";
    }

    /// <summary>A condition: <c>ip-range=10.0.0.0/8, 10.1.0.0/16</c>.</summary>
    public static string Of(RangerCondition condition) => $"{condition.Type}={string.Join(", ", condition.Values)}";

    /// <summary>An access type of an item.</summary>
    public static string Of(RangerAccess access) => access.IsAllowed ? access.Type ?? "" : $"{access.Type} (not allowed)";

    /// <summary>A mask: its type, its value and its condition.</summary>
    public static string? Of(DataMaskInfo? mask) => mask is null ? null
        : $"{mask.DataMaskType}{(Given(mask.ValueExpr) is { } value ? $" `{value}`" : "")}{(Given(mask.ConditionExpr) is { } condition ? $" where `{condition}`" : "")}";

    /// <summary>An item: <c>users ann; groups staff, leads; accesses select; mask MASK_NULL</c>.</summary>
    public static string Of(RangerPolicyItem item) => Cut(string.Join("; ", new[]
    {
        Listed("users", item.Users), Listed("groups", item.Groups), Listed("roles", item.Roles), Listed("accesses", item.Accesses.Select(Of)),
        Of((item as RangerDataMaskPolicyItem)?.DataMaskInfo) is { } mask ? $"mask {mask}" : null,
        (item as RangerRowFilterPolicyItem)?.RowFilterInfo is { } filter ? $"filter `{filter.FilterExpr}`" : null,
        Listed("conditions", item.Conditions.Select(Of)), item.DelegateAdmin ? "delegate admin" : null,
    }.OfType<string>()));

    /// <summary>The text, its end replaced by <c>…</c> when it is over 500 characters.</summary>
    internal static string Cut(string text) => text.Length <= MaxText ? text : $"{text[..(MaxText - 1)]}…";

    private static string Of(RangerValidityRecurrence recurrence)
    {
        var (opens, open) = (recurrence.Schedule ?? new(), recurrence.Interval ?? new());
        var fields = new[]
        {
            ("minute", opens.Minute), ("hour", opens.Hour), ("day of month", opens.DayOfMonth), ("day of week", opens.DayOfWeek),
            ("month", opens.Month), ("year", opens.Year),
        };
        var when = string.Join(", ", fields.Where(field => Given(field.Item2) is not null).Select(field => $"{field.Item1} {field.Item2}"));
        return string.Create(CultureInfo.InvariantCulture, $"{open.Days} d {open.Hours} h {open.Minutes} min from {(when.Length == 0 ? "any time" : when)}");
    }

    private static string? Listed(string what, IEnumerable<string> names) => string.Join(", ", names) is { Length: > 0 } text ? $"{what} {text}" : null;

    private static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
