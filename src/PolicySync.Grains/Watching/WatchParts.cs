using PolicySync.Core.Grants;
using PolicySync.Core.NewObjects;
using PolicySync.Core.Options;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.Watching;

/// <summary>What the rounds of a silo work with. Safe for concurrent use.</summary>
internal sealed record WatchParts
{
    public required IUnityCatalog Catalog { get; init; }

    public required ITableListing Tables { get; init; }

    public required SyncedTables Synced { get; init; }

    public required RoundScopes Scopes { get; init; }

    public required WatchOptions Options { get; init; }

    public required WatchMetrics Metrics { get; init; }

    /// <summary>Makes a task; it is durable when this returns.</summary>
    public required Func<SyncRequest, Task<TaskId>> SubmitAsync { get; init; }
}
