namespace PolicySync.Client;

/// <summary>How the budget of the workspace is used, by all processes of the service together.</summary>
public sealed record WorkspaceBudget
{
    /// <summary>Requests per second that may be sent.</summary>
    public double RequestsPerSecond { get; init; }

    /// <summary>Requests per second that are sent at most now: less than <see cref="RequestsPerSecond"/> after the workspace refused some, and rising again.</summary>
    public double AllowedPerSecond { get; init; }

    /// <summary>Requests per second that the processes could use. Above <see cref="AllowedPerSecond"/>, work waits for the budget.</summary>
    public double DemandPerSecond { get; init; }

    /// <summary>Requests that may be under way at once.</summary>
    public int MaxConcurrency { get; init; }

    /// <summary>Requests under way.</summary>
    public int Running { get; init; }

    /// <summary>Requests that wait for their turn.</summary>
    public int Waiting { get; init; }

    /// <summary>Processes that send requests or wait to.</summary>
    public int Processes { get; init; }
}
