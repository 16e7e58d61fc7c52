using PolicySync.Core.Tasks;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Guards;

/// <summary>Why SELECT is withheld from a principal that a guard should restrict.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Code">The reason.</param>
/// <param name="Reason">The same as text.</param>
internal sealed record GuardRefusal(RangerPolicy Policy, GapCode Code, string Reason);

/// <summary>The row filter of a table, or the mask of one column: what policy wants, and what is in force.</summary>
/// <param name="Column">The masked column; null for the row filter.</param>
/// <param name="Rules">The rules of filter or mask policies, of which the first match decides; empty when policy wants no guard.</param>
/// <param name="Current">The guard in force; null when the table or column has none.</param>
/// <param name="Function">The function that policy wants; null when it wants none or it cannot be set.</param>
/// <param name="Fault">Why it cannot be set; null when it can.</param>
internal sealed record GuardSlot(
    TableColumn? Column, IReadOnlyList<GuardRule> Rules, AttachedGuard? Current, GuardFunction? Function, string? Fault)
{
    /// <summary>Which readers of the table are kept from the column.</summary>
    public ColumnAccess Access { get; init; } = ColumnAccess.Open;

    /// <summary>The readers that must not read the column at all; null when no function denies it.</summary>
    public ColumnDenial? Denial => (Access as ColumnAccess.Denied)?.Denial;

    /// <summary>Why no function can deny the column although policy does; null when this is not the case.</summary>
    public string? DenialFault => (Access as ColumnAccess.Inexpressible)?.Fault;

    /// <summary>What policy wants, as it becomes a function.</summary>
    public GuardLayer Own { get; init; } = GuardLayer.Open;

    /// <summary>Whether the guard in force is left unchanged, because its replacement cannot be written and dropping it would show more.</summary>
    public bool Stays { get; init; }

    /// <summary>Whether policy wants anything here.</summary>
    public bool IsWanted => Denial is not null || Rules.Count > 0;

    /// <summary>Whether the column is hidden from every principal that policy denies it to.</summary>
    public bool HidesDenied => DenialFault is null && (Denial is null || Function is not null);

    /// <summary>The guard, as text for messages.</summary>
    public string What => Column is null ? "row filter" : $"mask of column `{Column.Name}`";

    /// <summary>Why SELECT is withheld from a principal that policy allows; null when the guard does what policy wants for it.</summary>
    public GuardRefusal? RefusalOf(Subject subject, string? owner)
    {
        // A column that is hidden from the principal needs no mask for it.
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
                    $"the {What} of policy `{rule.Policy.Name}` is for `{name}`, whose members are unknown");
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

    /// <summary>Whether SELECT could be withheld from a principal.</summary>
    public bool CanRefuse => Rules.Any(rule => rule.Outcome.Code is not null || rule.Unresolved is not null || (Fault is not null && !rule.Outcome.IsOpen));
}
