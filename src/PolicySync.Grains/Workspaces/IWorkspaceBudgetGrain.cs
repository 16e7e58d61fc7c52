using PolicySync.Core.Workspaces;

namespace PolicySync.Grains.Workspaces;

/// <summary>
/// Shares the budget of one workspace among the processes of the cluster. The key is the workspace's host. It keeps
/// nothing: a new activation learns from those who renew what is still leased.
/// </summary>
[Alias("ps.workspace-budget")]
public interface IWorkspaceBudgetGrain : IGrainWithStringKey
{
    /// <summary>Takes a process's report and gives its next lease.</summary>
    [Alias("renew")]
    Task<BudgetLease> RenewAsync(BudgetReport report);
}
