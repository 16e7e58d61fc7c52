namespace PolicySync.Host.ApiDocument;

/// <summary>Payloads that clients of the vendor's connector send. The tests send each of them unchanged.</summary>
internal static class Examples
{
    public static IReadOnlyList<(string Name, string Summary, string Json)> Requests { get; } =
    [
        ("table", "One table",
            """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{"type":"table","values":{"catalog":"main","schema":"sales","table":"customers"}}]}}"""),
        ("view", "One view, named by `table`",
            """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{"type":"view","values":{"catalog":"main","schema":"sales","table":"revenue_by_region"}}]}}"""),
        ("schema", "A schema and everything below it",
            """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{"type":"schema","values":{"catalog":"main","schema":"sales"}}]}}"""),
        ("catalog", "A catalog and everything below it",
            """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{"type":"catalog","values":{"catalog":"main"}}]}}"""),
        ("multiple", "Several resources",
            """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{"type":"catalog","values":{"catalog":"hr_catalog"}},{"type":"schema","values":{"catalog":"hr_catalog","schema":"employee_data"}},{"type":"table","values":{"catalog":"hr_catalog","schema":"employee_data","table":"employees"}}]}}"""),
    ];

    public const string Ended =
        """
        {
          "taskId": "574057046565109672",
          "status": "SUCCESS",
          "message": "Sync completed successfully",
          "outcome": "SUCCEEDED",
          "type": "RESOURCE_SYNC",
          "createTime": "2026-11-23T09:30:00.123Z",
          "startTime": "2026-11-23T09:30:00.140Z",
          "endTime": "2026-11-23T09:30:01.902Z",
          "dryRun": false,
          "policyVersion": 42,
          "progress": { "discovered": 1, "total": 1, "done": 1, "changed": 1, "failed": 0, "skipped": 0, "gaps": 0, "drifted": 0 },
          "failures": []
        }
        """;
}
