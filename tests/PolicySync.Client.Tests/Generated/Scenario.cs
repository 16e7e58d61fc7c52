namespace PolicySync.Client.Tests.Generated;

/// <summary>What every client does, and what each must report. The clients differ; their reports do not.</summary>
internal static class Scenario
{
    /// <summary>A table whose grants the workspace refuses to show.</summary>
    public const string Refused = "main.sales.returns";

    /// <summary>A table for which the workspace is always unavailable, so that its task does not end by itself.</summary>
    public const string Unavailable = "main.sales.shipments";

    public static string Report { get; } = string.Join('\n',
        "submitted and repeated: one task",
        "ended: SUCCESS",
        "progress: 2 done, 0 failed",
        "resources: table main.sales.customers SUCCESS, table main.sales.orders SUCCESS",
        "listed: yes",
        "event: 1700000000000",
        "unknown task: 404 NOT_FOUND",
        "faults: /requestInfo/resources",
        "streamed: 2 results, ended SUCCESS",
        "found by securable: yes",
        "failed: FAILED PERMISSION_DENIED",
        "retried: FAILED, linked both ways",
        "nothing to retry: 409 NOTHING_TO_RETRY",
        "cancelled after the end: SUCCESS",
        "cancelled: FAILED CANCELLED");
}
