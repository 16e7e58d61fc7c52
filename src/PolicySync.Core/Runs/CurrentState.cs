using PolicySync.Core.Grants;
using PolicySync.Core.Guards;
using PolicySync.Core.Planning;

namespace PolicySync.Core.Runs;

/// <summary>What the securable has in Unity Catalog, as one read shows it. Immutable.</summary>
/// <param name="Grants">The direct grants on it: a full read that began at <paramref name="ReadAt"/>.</param>
/// <param name="ReadAt">When the read began.</param>
public sealed record CurrentState(IReadOnlyList<Assignment> Grants, DateTimeOffset ReadAt)
{
    /// <summary>
    /// Grants that the securable inherits. Null while they were not read: that costs a request which most runs do not need, so
    /// a plan that needs them says so (<see cref="RunPlan.NeedsInherited"/>).
    /// </summary>
    public InheritedAccess? Inherited { get; init; }

    /// <summary>The functions of a table's row filter and masks.</summary>
    public FunctionsInForce Functions { get; init; } = FunctionsInForce.None;
}

/// <summary>What containers hand down to a securable, or why that cannot be read.</summary>
/// <param name="Grants">The grants; empty when they cannot be read.</param>
/// <param name="Fault">Why not; null when they were read.</param>
public sealed record InheritedAccess(IReadOnlyList<InheritedGrant> Grants, string? Fault);

/// <summary>Functions of row filters and masks that are in force on a table.</summary>
/// <param name="Told">Each as it was read, by full name in lower case.</param>
/// <param name="Distrusted">Full names of those that are not what this service made.</param>
/// <param name="Memory">What they restricted before the run changed them.</param>
public sealed record FunctionsInForce(IReadOnlyDictionary<string, ToldFunction> Told, IReadOnlySet<string> Distrusted, GuardMemory Memory)
{
    /// <summary>There are none.</summary>
    public static FunctionsInForce None => new(new Dictionary<string, ToldFunction>(), new HashSet<string>(), new GuardMemory());
}

/// <summary>What is recorded to be the service's own on a securable. Immutable.</summary>
/// <param name="Ledger">Its grants.</param>
/// <param name="Functions">Its functions of row filters and masks.</param>
/// <param name="LastWrite">When its last write on the securable ended or was given up; null when there was none.</param>
public sealed record Holdings(Ledger Ledger, IReadOnlyList<MadeFunction> Functions, DateTimeOffset? LastWrite);
