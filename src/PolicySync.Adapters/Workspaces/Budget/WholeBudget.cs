using Microsoft.Extensions.Options;
using PolicySync.Core.Options;
using PolicySync.Core.Workspaces;

namespace PolicySync.Adapters.Workspaces.Budget;

/// <summary>For a process that shares the workspace's budget with no other: all of it, for ever.</summary>
internal sealed class WholeBudget(IOptions<WorkspaceOptions> options) : IBudgetLeases
{
    public Task<BudgetLease> RenewAsync(BudgetReport report, CancellationToken cancellation) => Task.FromResult(new BudgetLease(
        options.Value.RequestsPerSecond, options.Value.MaxConcurrency, Timeout.InfiniteTimeSpan, options.Value.RequestsPerSecond));
}
