using System.Text.Json;
using PolicySync.Core.Policies.Sets;
using PolicySync.Grains.Policies;
using PolicySync.Ranger.Json;
using PolicySync.Ranger.Model;

namespace PolicySync.Host.Api.Policies;

/// <summary>A page of policies, with the set that they are of.</summary>
/// <param name="Policies">The policies of this page.</param>
/// <param name="NextPageToken">The `pageToken` of the next page; null on the last page.</param>
/// <param name="Set">The set that they are of. It may change between two pages.</param>
internal sealed record PolicyPageDetail(IReadOnlyList<PolicyListItem> Policies, string? NextPageToken, PolicySetDetail Set);

/// <summary>The policies that a silo accepted last.</summary>
/// <param name="Version">The version number in the download; -1 when it has none.</param>
/// <param name="Stamp">Differs whenever anything of the input differs, roles and tags included.</param>
/// <param name="AcceptTime">When the silo accepted them.</param>
/// <param name="CheckTime">When the source was last seen to have them; null when it did not answer since the start of the silo.</param>
/// <param name="AgeSeconds">Seconds since then; null when it did not answer.</param>
/// <param name="Failure">Why the last check of the source failed, as `CODE: reason`; null when it did not.</param>
internal sealed record PolicySetDetail(long Version, string Stamp, DateTime AcceptTime, DateTime? CheckTime, long? AgeSeconds, string? Failure)
{
    public static PolicySetDetail Of(CurrentSet set, DateTimeOffset now) => new(
        set.Version, set.Stamp, set.AcceptTime.UtcDateTime, set.CheckTime?.UtcDateTime,
        set.CheckTime is { } time ? Math.Max(0, (long)(now - time).TotalSeconds) : null, set.Failure);
}

/// <summary>A policy in a list.</summary>
/// <param name="Id">The id in Ranger; null when it has none.</param>
/// <param name="Name">The name; null when it has none.</param>
/// <param name="Kind">What the policy is about.</param>
/// <param name="Zone">The security zone; null outside zones.</param>
/// <param name="Enabled">Whether it is enabled. A disabled policy decides nothing.</param>
/// <param name="Priority">0 for a normal policy, 1 for one that overrides normal ones.</param>
/// <param name="Resources">The first of its sets of resources, up to 20, each as text: `catalog=main; schema=sales; table=!orders_*`, where `!` means all but these.</param>
/// <param name="ResourceCount">The number of its sets of resources.</param>
/// <param name="Validity">When it holds, up to 20 spans; always when there are none.</param>
/// <param name="Items">The numbers of its items.</param>
/// <param name="Warnings">What of it has no effect, and why; none of a disabled policy.</param>
internal sealed record PolicyListItem(
    long? Id, string? Name, PolicyKind Kind, string? Zone, bool Enabled, int Priority, IReadOnlyList<string> Resources, int ResourceCount,
    IReadOnlyList<PolicyValidityDetail> Validity, PolicyItemCounts Items, IReadOnlyList<string> Warnings)
{
    /// <summary>Most sets of resources, and most spans of validity.</summary>
    public const int MaxListed = 20;

    public static PolicyListItem Of(ListedPolicy listed)
    {
        var policy = listed.Entry.Policy;
        return new(
            policy.Id, policy.Name, listed.Entry.Kind, listed.Entry.Zone, policy.IsEnabled, policy.PolicyPriority,
            [.. listed.Entry.Resources.Take(MaxListed).Select(PolicyWords.Of)], listed.Entry.Resources.Count(),
            [.. policy.ValiditySchedules.Take(MaxListed).Select(PolicyValidityDetail.Of)], PolicyItemCounts.Of(policy), listed.Warnings);
    }
}

/// <summary>A span of time in which a policy holds, as Ranger writes it.</summary>
/// <param name="StartTime">First second, `yyyy/MM/dd HH:mm:ss` in the time zone; null for no start.</param>
/// <param name="EndTime">Last second, in the same form; null for no end.</param>
/// <param name="TimeZone">Id of the time zone; null for UTC.</param>
/// <param name="Recurrences">The number of recurring windows that narrow the span.</param>
internal sealed record PolicyValidityDetail(string? StartTime, string? EndTime, string? TimeZone, int Recurrences)
{
    public static PolicyValidityDetail Of(RangerValiditySchedule schedule) => new(
        Given(schedule.StartTime), Given(schedule.EndTime), Given(schedule.TimeZone), schedule.Recurrences.Count);

    private static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;
}

/// <summary>How many items of each kind a policy has.</summary>
/// <param name="Allow">Items that allow.</param>
/// <param name="Deny">Items that deny.</param>
/// <param name="AllowExceptions">Items that except from those that allow.</param>
/// <param name="DenyExceptions">Items that except from those that deny.</param>
/// <param name="Masks">Masks.</param>
/// <param name="Filters">Row filters.</param>
internal sealed record PolicyItemCounts(int Allow, int Deny, int AllowExceptions, int DenyExceptions, int Masks, int Filters)
{
    public static PolicyItemCounts Of(RangerPolicy policy) => new(
        policy.PolicyItems.Count, policy.DenyPolicyItems.Count, policy.AllowExceptions.Count, policy.DenyExceptions.Count,
        policy.DataMaskPolicyItems.Count, policy.RowFilterPolicyItems.Count);
}

/// <summary>A policy as Ranger's JSON.</summary>
/// <param name="Kind">What the policy is about.</param>
/// <param name="Zone">The security zone; null outside zones.</param>
/// <param name="Warnings">What of it has no effect, and why; none of a disabled policy.</param>
/// <param name="Policy">The policy as Ranger's JSON, with the members that the service reads.</param>
/// <param name="Set">The set that it is of.</param>
internal sealed record PolicyDetail(PolicyKind Kind, string? Zone, IReadOnlyList<string> Warnings, JsonElement Policy, PolicySetDetail Set)
{
    public static PolicyDetail Of(ListedPolicy listed, PolicySetDetail set) => new(
        listed.Entry.Kind, listed.Entry.Zone, listed.Warnings, JsonElement.Parse(RangerJson.Write(listed.Entry.Policy)), set);
}
