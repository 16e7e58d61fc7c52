using Microsoft.Extensions.Options;
using PolicySync.Core.Options;
using PolicySync.Core.Workspaces;

namespace PolicySync.Grains.Workspaces;

internal sealed class WorkspaceBudgetGrain(IOptions<WorkspaceOptions> options, TimeProvider time) : Grain, IWorkspaceBudgetGrain
{
    private readonly BudgetShares _shares = new(options.Value.RequestsPerSecond, options.Value.MaxConcurrency, time);

    public Task<BudgetLease> RenewAsync(BudgetReport report) => Task.FromResult(_shares.Renew(report));

    public Task<BudgetUse> UseAsync() => Task.FromResult(_shares.Use());
}
