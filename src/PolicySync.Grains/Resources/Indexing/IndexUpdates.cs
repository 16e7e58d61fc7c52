using PolicySync.Core.Errors;
using PolicySync.Core.Reports.Index;
using PolicySync.Core.Securables;
using PolicySync.Grains.Resources.Queue;
using PolicySync.Grains.Resources.Writing;

namespace PolicySync.Grains.Resources.Indexing;

/// <summary>
/// Changes what the index has of a securable outside a run that ends well: when its run fails, when it no longer exists, and when it has
/// another name. Safe for concurrent use.
/// </summary>
internal sealed class IndexUpdates(IAccessIndex index, IndexGeneration generation, KnownCatalogs catalogs, TimeProvider time)
{
    /// <summary>Removes the rows and records it. Does nothing, and costs nothing, where there are none.</summary>
    /// <param name="fence">The state; settled.</param>
    /// <param name="stopping">Stops; the state then has the rows in doubt.</param>
    /// <exception cref="SyncException"><see cref="SyncErrorCode.Unavailable"/>: storage does not answer. A later run tries again.</exception>
    public async Task RemoveAsync(WriteFence fence, CancellationToken stopping)
    {
        if (fence.State.Seen is { Rows.Count: > 0 } seen && Securable.OfText(seen.Securable) is { } securable)
        {
            var rows = seen.Rows.Keys.ToDictionary(key => key, string? (_) => null);
            await WriteAsync(fence, securable, rows, static state => state.Seen = null, stopping);
        }
    }

    /// <summary>Records that the run of a securable failed, unless that is recorded. What runs see in part, or only read, is not recorded.</summary>
    /// <param name="run">The run.</param>
    /// <param name="fence">The state.</param>
    /// <param name="code">Why it failed.</param>
    /// <param name="stopping">Stops; the state then has the row in doubt.</param>
    /// <exception cref="SyncException"><see cref="SyncErrorCode.Unavailable"/>: storage does not answer. It is not recorded.</exception>
    public async Task FailAsync(Run run, WriteFence fence, SyncErrorCode code, CancellationToken stopping)
    {
        if (run is not { DryRun: false, Adopt: null, Scope: RunScope.Full or RunScope.AfterChildren } || !fence.IsQuiet || !ConcernsSecurable(code))
        {
            return;
        }

        var (key, row) = (AccessIndexKey.OfFailures(run.Securable.CatalogName), IndexedSecurable.RowOf(new IndexedFailure { Code = SyncErrorCodes.WireName(code) }));
        var (digest, current) = (IndexedSecurable.DigestOf(row), await generation.GetAsync(stopping));
        if (fence.State.Seen is { } seen && seen.Generation == current && seen.Rows.GetValueOrDefault(key) == digest)
        {
            return;
        }

        // Of a state without rows, this is the only one.
        var generationThen = fence.State.Seen is { Rows.Count: > 0 } before ? before.Generation : current;
        await WriteAsync(
            fence, run.Securable, new Dictionary<string, string?> { [key] = row },
            state => (state.Seen!.Rows[key], state.Seen.Generation) = (digest, generationThen), stopping);
    }

    // Policies that cannot be read concern all securables; `GET /checks` and the tasks say so.
    private static bool ConcernsSecurable(SyncErrorCode code) =>
        SyncErrorCodes.RecoveryOf(code) is Recovery.Fail or Recovery.Retry && code != SyncErrorCode.PoliciesUnavailable;

    // The intent has the rows in doubt: after a crash the next run writes them again, and it waits until this write is over.
    private async Task WriteAsync(
        WriteFence fence, Securable securable, IReadOnlyDictionary<string, string?> rows, Action<ResourceState> then, CancellationToken stopping)
    {
        AccessIndexing.Doubt(fence.State, securable, [.. rows.Keys]);
        await fence.OpenAsync(fence.State.IntentScope, fence.State.Ledger);
        fence.Answered(applied: false);
        using var limit = new CancellationTokenSource(fence.Left, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        await catalogs.RememberAsync(securable, either.Token);
        await index.WriteAsync(securable, rows, either.Token);
        await fence.CloseAsync(then);
    }
}
