using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PolicySync.Core;
using PolicySync.Core.NewObjects;
using PolicySync.Core.Options;

namespace PolicySync.Grains.Watching;

/// <summary>
/// Has one round after the other. Its tasks are durable before their objects count as known; so a round that fails, or a silo that dies in it,
/// leaves its news to the next round of the same activation, and makes no task of another's twice in a way that matters: tasks are idempotent and
/// share their runs.
/// </summary>
internal sealed class WatchGrain(
    WatchParts parts, IGrainFactory grains, IOptions<WorkspaceOptions> workspace, IdGenerator ids, TimeProvider time, ILogger<WatchRound> logger)
    : Grain, IWatchGrain, IDisposable
{
    private readonly LongWork _round = new(time);
    private readonly WatchMemory _memory = new(new NameHasher(ids.NewId()));
    private readonly WatchBudget _budget = new(
        () => grains.GetGrain<Workspaces.IWorkspaceBudgetGrain>(GrainNames.BudgetOf(workspace.Value)).UseAsync(), workspace.Value, time);

    // After a round that failed, however long the interval is.
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(15);

    private (long Since, TimeSpan Wait)? _pause;

    public Task TickAsync() => _round.RunAsync(StartIfDueAsync);

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _round.StopAsync(cancellationToken);
        parts.Metrics.Clear();
    }

    public void Dispose() => _round.Dispose();

    private async Task StartIfDueAsync(CancellationToken stopping)
    {
        if (parts.Options.Every is not { } every || (_pause is { } pause && time.GetElapsedTime(pause.Since) < pause.Wait))
        {
            return;
        }

        var start = time.GetTimestamp();
        _pause = (start, every);
        try
        {
            await new WatchRound(_memory, _budget, parts, time, logger).RunAsync(stopping);
            parts.Metrics.RecordRound(time.GetElapsedTime(start), _memory);
        }
        catch
        {
            _pause = (time.GetTimestamp(), every < RetryAfter ? every : RetryAfter);
            throw;
        }
    }
}
