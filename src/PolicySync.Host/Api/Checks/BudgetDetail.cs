using PolicySync.Grains.Workspaces;

namespace PolicySync.Host.Api.Checks;

/// <summary>How the budget of the workspace is used, by all processes together.</summary>
/// <param name="RequestsPerSecond">Requests per second that may be sent: `Workspace:RequestsPerSecond`.</param>
/// <param name="AllowedPerSecond">Requests per second that are sent at most now: less than `requestsPerSecond` after the workspace refused some (429), and rising again.</param>
/// <param name="DemandPerSecond">Requests per second that the processes could use. Above `allowedPerSecond`, work waits for the budget.</param>
/// <param name="MaxConcurrency">Requests that may be under way at once: `Workspace:MaxConcurrency`.</param>
/// <param name="Running">Requests under way.</param>
/// <param name="Waiting">Requests that wait for their turn.</param>
/// <param name="Processes">Processes that send requests or wait to.</param>
internal sealed record BudgetDetail(
    double RequestsPerSecond, double AllowedPerSecond, double DemandPerSecond, int MaxConcurrency, int Running, int Waiting, int Processes)
{
    public static BudgetDetail Of(BudgetUse use) =>
        new(use.Configured, Math.Round(use.Allowed, 1), Math.Round(use.Demand, 1), use.MaxConcurrency, use.Running, use.Waiting, use.Processes);
}
