using PolicySync.Core.Workspaces;

namespace PolicySync.Grains.Workspaces;

/// <summary>
/// Divides the budget of one workspace among the processes of the cluster. Its key is the workspace's host. It stores nothing: a
/// new activation learns the valid leases from the processes that renew them.
/// </summary>
[Alias("ps.workspace-budget")]
public interface IWorkspaceBudgetGrain : IGrainWithStringKey
{
    /// <summary>Takes a process's report and returns its next lease.</summary>
    [Alias("renew")]
    Task<BudgetLease> RenewAsync(BudgetReport report);
}
