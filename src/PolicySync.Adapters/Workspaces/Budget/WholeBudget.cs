using Microsoft.Extensions.Options;
using PolicySync.Core.Options;
using PolicySync.Core.Workspaces;

namespace PolicySync.Adapters.Workspaces.Budget;

/// <summary>Grants the whole budget without end, to a process that does not share it.</summary>
internal sealed class WholeBudget(IOptions<WorkspaceOptions> options) : IBudgetLeases
{
    public Task<BudgetLease> RenewAsync(BudgetReport report, CancellationToken cancellation) => Task.FromResult(new BudgetLease(
        options.Value.RequestsPerSecond, options.Value.MaxConcurrency, Timeout.InfiniteTimeSpan, options.Value.RequestsPerSecond));
}
