using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using PolicySync.Core.Options;
using PolicySync.Core.Workspaces;

namespace PolicySync.Grains.Workspaces;

/// <summary>Leases budget from the grain of the workspace. Callers may be within a grain's turn or outside.</summary>
internal sealed class GrainBudgetLeases(
    IGrainFactory grains, IOptions<WorkspaceOptions> options, IHostApplicationLifetime host) : IBudgetLeases
{
    // A silo that stops cannot place the grain any more, which Orleans logs as an error. What is left of the work has the last lease.
    public Task<BudgetLease> RenewAsync(BudgetReport report, CancellationToken cancellation) =>
        !host.ApplicationStarted.IsCancellationRequested ? throw new InvalidOperationException("the budget grain cannot be called before the silo has started")
        : host.ApplicationStopping.IsCancellationRequested ? throw new InvalidOperationException("the budget grain is not called while the silo stops")
        // Off the caller's scheduler: the lease serves the whole process and must not wait for one grain.
        : Task.Run(() => grains.GetGrain<IWorkspaceBudgetGrain>(Key).RenewAsync(report), cancellation);

    private string Key => GrainNames.BudgetOf(options.Value);
}
