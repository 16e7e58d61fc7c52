using PolicySync.Core.Guards;
using PolicySync.Ranger.Evaluation;

namespace PolicySync.Core.Explaining;

/// <summary>The row filter and column masks of a table that apply to a principal.</summary>
internal static class GuardsOn
{
    /// <summary>Lists them, the row filter first.</summary>
    /// <param name="guards">What policy wants of the table; null where none can be set.</param>
    /// <param name="subject">The principal.</param>
    public static IReadOnlyList<ExplainedGuard> List(TableGuards? guards, Subject subject) =>
        guards is null ? [] : [.. guards.Slots.Select(slot => Of(slot, subject, guards.Owner)).OfType<ExplainedGuard>()];

    private static ExplainedGuard? Of(GuardSlot slot, Subject subject, string? owner)
    {
        var inForce = slot.Function?.Is(slot.Current) == true;
        if (slot.Denial is { } denial && denial.Hides(subject))
        {
            return new(ExplainedGuardKind.DeniedColumn, slot.Column?.Name, denial.Policy?.Id, denial.Policy?.Name, null, inForce, slot.Function?.FullName);
        }

        // The first rule that matches decides, also one that shows everything.
        return slot.Rules.FirstOrDefault(rule => rule.Meets(subject, owner)) is { Outcome.IsOpen: false } rule
            ? new(slot.Column is null ? ExplainedGuardKind.RowFilter : ExplainedGuardKind.ColumnMask, slot.Column?.Name,
                rule.Policy.Id, rule.Policy.Name, rule.Outcome.Sql, inForce, slot.Function?.FullName)
            : null;
    }
}
