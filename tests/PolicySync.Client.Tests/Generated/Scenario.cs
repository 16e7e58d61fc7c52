namespace PolicySync.Client.Tests.Generated;

/// <summary>What every client does, and what each must report. The clients differ; their reports do not.</summary>
internal static class Scenario
{
    public static string Report { get; } = string.Join('\n',
        "submitted and repeated: one task",
        "ended: SUCCESS",
        "progress: 2 done, 0 failed",
        "resources: table main.sales.customers SUCCESS, table main.sales.orders SUCCESS",
        "listed: yes",
        "event: 1700000000000",
        "unknown task: 404 NOT_FOUND",
        "faults: /requestInfo/resources");
}
