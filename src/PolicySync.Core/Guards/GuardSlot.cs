using PolicySync.Core.Tasks;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Guards;

/// <summary>Why SELECT is withheld from a principal whom a guard should concern.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Code">Why.</param>
/// <param name="Reason">For people.</param>
internal sealed record GuardRefusal(RangerPolicy Policy, GapCode Code, string Reason);

/// <summary>The row filter of a table, or the mask of one column: what policy wants there, and what stands there.</summary>
/// <param name="Column">The masked column; null for the row filter.</param>
/// <param name="Rules">What filters or masks want, first match first; empty when they want nothing.</param>
/// <param name="Current">What is in force.</param>
/// <param name="Function">The function that does what policy wants; null when nothing is wanted or it cannot be set.</param>
/// <param name="Fault">Why it cannot be set; null when it can.</param>
internal sealed record GuardSlot(
    TableColumn? Column, IReadOnlyList<GuardRule> Rules, AttachedGuard? Current, GuardFunction? Function, string? Fault)
{
    /// <summary>Which readers of the table are kept from the column.</summary>
    public ColumnAccess Access { get; init; } = ColumnAccess.Open;

    /// <summary>The readers who must not read the column at all; null when there are none, or no function can identify them.</summary>
    public ColumnDenial? Denial => (Access as ColumnAccess.Denied)?.Denial;

    /// <summary>Why no function can identify the readers who are denied the column; null when one can, or none are denied.</summary>
    public string? DenialFault => (Access as ColumnAccess.Inexpressible)?.Fault;

    /// <summary>What policy wants, as it becomes a function.</summary>
    public GuardLayer Own { get; init; } = GuardLayer.Open;

    /// <summary>What stands stays: it would show more, and what should stand in its place cannot be written.</summary>
    public bool Stays { get; init; }

    /// <summary>Whether policy wants anything here.</summary>
    public bool IsWanted => Denial is not null || Rules.Count > 0;

    /// <summary>Whether whoever is denied the column does not see it.</summary>
    public bool HidesDenied => DenialFault is null && (Denial is null || Function is not null);

    /// <summary>What it is, for people.</summary>
    public string What => Column is null ? "row filter" : $"mask of column `{Column.Name}`";

    /// <summary>Why the principal must not read although policy lets it; null when the guard does what policy wants for it.</summary>
    public GuardRefusal? RefusalOf(Subject subject, string? owner)
    {
        // How one would see the column does not matter to whoever does not see it.
        if (Function is not null && Denial?.Hides(subject) == true)
        {
            return null;
        }

        foreach (var rule in Rules)
        {
            var meets = rule.Meets(subject, owner);
            if (!meets && rule.Unresolved is { } name)
            {
                return new GuardRefusal(rule.Policy, GapCode.GuardUnavailable,
                    $"the {What} of policy `{rule.Policy.Name}` is for `{name}`, and nobody can say who that is");
            }

            if (meets)
            {
                return rule.Outcome.Code is { } code ? new GuardRefusal(rule.Policy, code, rule.Outcome.Reason!)
                    : !rule.Outcome.IsOpen && Fault is not null ? new GuardRefusal(rule.Policy, GapCode.GuardUnavailable,
                        $"the {What} of policy `{rule.Policy.Name}` applies and cannot be set: {Fault}")
                    : null;
            }
        }

        return null;
    }

    /// <summary>Whether somebody could be refused.</summary>
    public bool CanRefuse => Rules.Any(rule => rule.Outcome.Code is not null || rule.Unresolved is not null || (Fault is not null && !rule.Outcome.IsOpen));
}
