using PolicySync.Core.Desired;
using PolicySync.Core.Guards;
using PolicySync.Core.Planning;

namespace PolicySync.Core.Runs;

/// <summary>What policy wants of one securable. It changes during a run only when the table is read again. Immutable.</summary>
/// <param name="Desired">The grants, and what grants cannot express.</param>
/// <param name="Guards">The row filter and masks of a table; null where there are none to look at.</param>
/// <param name="Lapsed">
/// The grants that the same policies wanted until <see cref="RunInputs.LapsedAt"/>; empty when no schedule ended.
/// </param>
public sealed record RunTarget(DesiredState Desired, TableGuards? Guards, IReadOnlyCollection<DesiredGrant> Lapsed)
{
    /// <summary>Computes what policy wants.</summary>
    /// <param name="inputs">What the run has read.</param>
    /// <param name="table">The table as it was read; null where its row filter and masks are not looked at.</param>
    /// <param name="fault">Why no row filter or mask can be set; null when they can.</param>
    public static RunTarget Of(RunInputs inputs, TableShape? table, string? fault)
    {
        // Times of schedules are whole seconds: a second earlier is the last moment before the change.
        var before = inputs.LapsedAt?.AddSeconds(-1);
        TableGuards? GuardsAt(DateTimeOffset at) => table is null ? null : inputs.Guards(table, at, fault);
        var guards = GuardsAt(inputs.At);
        return new RunTarget(
            inputs.Desired(inputs.At, guards), guards, before is { } then ? inputs.Desired(then, GuardsAt(then)).Grants : []);
    }
}
