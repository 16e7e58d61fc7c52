using PolicySync.Core.Options;

namespace PolicySync.Core.Workspaces;

/// <summary>
/// Where a process gets its part of the workspace's budget (<see cref="WorkspaceOptions.RequestsPerSecond"/> and
/// <see cref="WorkspaceOptions.MaxConcurrency"/>), which all processes share.
/// </summary>
public interface IBudgetLeases
{
    /// <summary>Reports what the process needs and returns what it may use from now on; the lease before ends with it.</summary>
    /// <param name="report">What the process has, needs and met.</param>
    /// <param name="cancellation">Stops waiting; the lease may still have been given, and then expires.</param>
    /// <remarks>Any exception means that the budget was unreachable: the caller continues with less than it had.</remarks>
    Task<BudgetLease> RenewAsync(BudgetReport report, CancellationToken cancellation);
}

/// <summary>What a process reports when it requests a lease.</summary>
/// <param name="Holder">The process; another one after each start.</param>
/// <param name="HeldRate">Requests per second of the lease that it holds now; 0 when it has none that is valid.</param>
/// <param name="HeldConcurrency">Requests at once of that lease.</param>
/// <param name="Demand">Requests per second that it could use; 0 to give the lease back.</param>
/// <param name="Wanted">Requests that it would have under way at once: those that are, and those that wait.</param>
/// <param name="Running">Requests under way now, which continue whatever the next lease says.</param>
/// <param name="Refusals">Answers 429 since the report before.</param>
public sealed record BudgetReport(
    Guid Holder, double HeldRate, int HeldConcurrency, double Demand, int Wanted, int Running, int Refusals)
{
    /// <summary>Those of the waiting requests that are of tasks that callers made, by the API or by events.</summary>
    public int CallersWaiting { get; init; }
}

/// <summary>What a process may use of the budget.</summary>
/// <param name="Rate">Requests per second.</param>
/// <param name="Concurrency">Requests under way at once; 0 while others have their turn.</param>
/// <param name="ValidFor">How long, counted from before it was asked for; <see cref="Timeout.InfiniteTimeSpan"/>: without limit.</param>
/// <param name="Total">Requests per second of all processes together: the configured rate, or less after refusals.</param>
public sealed record BudgetLease(double Rate, int Concurrency, TimeSpan ValidFor, double Total);
