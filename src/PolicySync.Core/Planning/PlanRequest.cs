using PolicySync.Core.Grants;
using PolicySync.Core.Options;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Securables;

namespace PolicySync.Core.Planning;

/// <summary>Everything that a plan of grants depends on.</summary>
public sealed record PlanRequest
{
    /// <summary>The securable. Its owner is protected.</summary>
    public required SecurableFacts Facts { get; init; }

    /// <summary>
    /// What policy wants granted directly on it; for a USE-only scope at least the USE_*. Order does not matter.
    /// </summary>
    public required IReadOnlyCollection<DesiredGrant> Desired { get; init; }

    /// <summary>What a fresh, full read of its permissions gave.</summary>
    public required IReadOnlyList<Assignment> Current { get; init; }

    /// <summary>What of that the service made, after <see cref="Planning.Ledger.Observe"/>.</summary>
    public Ledger Ledger { get; init; } = Ledger.Empty;

    /// <summary>What may be revoked; see <see cref="Patterns.Managed.ModeOf"/>.</summary>
    public SyncMode Mode { get; init; } = SyncMode.Owned;

    /// <summary>The principals and privileges that may be changed at all.</summary>
    public Managed Managed { get; init; } = Managed.Everything;

    /// <summary>
    /// Names, in any spelling that Unity Catalog accepts, of principals that never lose anything: the service, every group that
    /// contains it, <c>Sync:Protected</c>.
    /// </summary>
    public IReadOnlySet<string> Protected { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Whether the service adopts grants that policy wants and others made, <c>Sync:AdoptExisting</c>.</summary>
    public bool AdoptExisting { get; init; }

    /// <summary><c>Sync:MaxRevokeShare</c>; 1 lifts the limit.</summary>
    public double MaxRevokeShare { get; init; } = 0.5;

    /// <summary>
    /// What the same policies wanted before a schedule ended. Taking it back is what they say, so it does not weigh in the
    /// limit that protects against policies gone wrong.
    /// </summary>
    public IReadOnlyCollection<DesiredGrant> Lapsed { get; init; } = [];

    /// <summary>The task's <c>allowRevoke</c>: lifts the limit.</summary>
    public bool AllowRevoke { get; init; }

    /// <summary>Which PATCH this is for.</summary>
    public PlanScope Scope { get; init; } = PlanScope.Full;
}
