using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using PolicySync.Core.Options;
using PolicySync.Core.Workspaces;

namespace PolicySync.Grains.Workspaces;

/// <summary>Leases from the grain of the workspace. Callers may be anywhere: in a grain's turn, or in none.</summary>
internal sealed class GrainBudgetLeases(
    IGrainFactory grains, IOptions<WorkspaceOptions> options, IHostApplicationLifetime host) : IBudgetLeases
{
    public Task<BudgetLease> RenewAsync(BudgetReport report, CancellationToken cancellation) =>
        host.ApplicationStarted.IsCancellationRequested
            // Off the caller's scheduler: the lease serves all, and must not wait for the grain that happens to ask.
            ? Task.Run(() => grains.GetGrain<IWorkspaceBudgetGrain>(Key).RenewAsync(report), cancellation)
            : throw new InvalidOperationException("before the start there is no silo to ask");

    private string Key => options.Value.Host?.Authority.ToLowerInvariant() ?? "";
}
