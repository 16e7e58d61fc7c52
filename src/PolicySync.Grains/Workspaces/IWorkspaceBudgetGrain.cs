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

    /// <summary>Tells how the budget is used now. It gives and takes no lease.</summary>
    [Alias("use")]
    Task<BudgetUse> UseAsync();
}

/// <summary>How the budget of a workspace is used, as the processes reported it last; each reports several times in 5 seconds.</summary>
/// <param name="Configured">Requests per second that may be sent: <c>Workspace:RequestsPerSecond</c>.</param>
/// <param name="Allowed">Requests per second now: the configured ones, or less after the workspace refused some (HTTP 429).</param>
/// <param name="Demand">Requests per second that the processes could use.</param>
/// <param name="MaxConcurrency">Requests that may be under way at once: <c>Workspace:MaxConcurrency</c>.</param>
/// <param name="Running">Requests under way.</param>
/// <param name="Waiting">Requests that wait for their turn.</param>
/// <param name="Processes">Processes that have a part of the budget or wait for one.</param>
[GenerateSerializer, Alias("ps.budget-use"), Immutable]
public sealed record BudgetUse(
    [property: Id(0)] double Configured, [property: Id(1)] double Allowed, [property: Id(2)] double Demand, [property: Id(3)] int MaxConcurrency,
    [property: Id(4)] int Running, [property: Id(5)] int Waiting, [property: Id(6)] int Processes)
{
    /// <summary>Those of the waiting requests that are of tasks that callers made, by the API or by events.</summary>
    [Id(7)] public int CallersWaiting { get; init; }
}
