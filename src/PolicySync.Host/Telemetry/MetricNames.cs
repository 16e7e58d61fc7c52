namespace PolicySync.Host.Telemetry;

/// <summary>Names that dashboards and alerts are built on. They never change their meaning.</summary>
internal static class MetricNames
{
    /// <summary>The meter of every instrument of this service.</summary>
    public const string Meter = "PolicySync";

    /// <summary>Counter: tasks accepted by the API; tag <c>status</c> as it was answered.</summary>
    public const string TasksAccepted = "policysync.api.tasks.accepted";

    /// <summary>Counter: answers of 4xx and 5xx; tag <c>http.response.status_code</c>.</summary>
    public const string RequestsRefused = "policysync.api.requests.refused";

    /// <summary>Counter: tokens that were judged and refused; tag <c>reason</c>, of a fixed set.</summary>
    public const string TokensRefused = "policysync.api.tokens.refused";
}
