using PolicySync.Core.Errors;
using PolicySync.Grains.Workspaces;

namespace PolicySync.Grains.Checks;

/// <summary>Asks a silo for its checks. Safe for concurrent use; works in silos and in clients.</summary>
public sealed class DoctorCalls(IGrainFactory grains, TimeProvider time)
{
    /// <summary>Longest wait: a check takes 10 seconds at most.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Returns the results of all checks.</summary>
    /// <exception cref="SyncException"><see cref="SyncErrorCode.Unavailable"/>: no silo answers.</exception>
    public Task<CheckResults> CheckAsync(CancellationToken cancellation) => GrainCalls.AskAsync(
        () => grains.GetGrain<IDoctorGrain>(0).CheckAsync(), "with its checks", isEverywhere: false, time, cancellation, Patience);

    /// <summary>Returns how the budget of the workspace is used.</summary>
    /// <exception cref="SyncException"><see cref="SyncErrorCode.Unavailable"/>: no silo answers.</exception>
    public Task<BudgetUse> BudgetAsync(CancellationToken cancellation) => GrainCalls.AskAsync(
        () => grains.GetGrain<IDoctorGrain>(0).BudgetAsync(), "with the use of the budget", isEverywhere: false, time, cancellation);
}
