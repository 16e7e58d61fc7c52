using PolicySync.Core.Errors;
using PolicySync.Core.Reports.Index;
using PolicySync.Core.Securables;
using PolicySync.Grains.Resources.Writing;

namespace PolicySync.Grains.Resources.Indexing;

/// <summary>Removes what the index has of a securable that no longer exists, or has another name. Safe for concurrent use.</summary>
internal sealed class IndexRemoval(IAccessIndex index, TimeProvider time)
{
    /// <summary>Removes the rows and records it. Does nothing, and costs nothing, where there are none.</summary>
    /// <param name="fence">The state; settled.</param>
    /// <param name="stopping">Stops; the state then has the rows in doubt.</param>
    /// <exception cref="SyncException"><see cref="SyncErrorCode.Unavailable"/>: storage does not answer. A later run tries again.</exception>
    public async Task RemoveAsync(WriteFence fence, CancellationToken stopping)
    {
        if (fence.State.Seen is not { Rows.Count: > 0 } seen || Securable.OfText(seen.Securable) is not { } securable)
        {
            return;
        }

        AccessIndexing.Doubt(fence.State, securable, [.. seen.Rows.Keys]);
        await fence.OpenAsync(fence.State.IntentScope, fence.State.Ledger);
        fence.Answered(applied: false);
        using var limit = new CancellationTokenSource(fence.Left, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        await index.WriteAsync(securable, seen.Rows.Keys.ToDictionary(key => key, string? (_) => null), either.Token);
        await fence.CloseAsync(static state => state.Seen = null);
    }
}
