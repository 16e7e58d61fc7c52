namespace PolicySync.EndToEnd.Tests.Operations;

/// <summary>One alert.</summary>
internal sealed record Alert(string Name, string Expression, Uri Runbook);

/// <summary>What is handed to Prometheus and Grafana.</summary>
internal static class ObservabilityFiles
{
    public static string Folder { get; } = Path.Combine(Repository.Root, "helm/policy-sync/files");

    public static string Dashboard => Path.Combine(Folder, "dashboard.json");

    public static string Alerts => Path.Combine(Folder, "alerts.yaml");

    /// <summary>The alerts, read as the file is laid out: promtool judges its form.</summary>
    public static IReadOnlyList<Alert> ReadAlerts() =>
    [
        .. File.ReadAllText(Alerts).Split("- alert: ").Skip(1).Select(text =>
        {
            var lines = text.Split('\n').Select(line => line.Trim()).ToList();
            var at = lines.FindIndex(line => line.StartsWith("expr:", StringComparison.Ordinal));
            var expression = lines[at]["expr:".Length..].Trim() is var first && first != "|"
                ? first
                : string.Join(' ', lines.Skip(at + 1).TakeWhile(line => line is not ("labels:" or "annotations:") && !line.StartsWith("for:", StringComparison.Ordinal)));
            return new Alert(lines[0], expression, new Uri(lines.Single(line => line.StartsWith("runbook_url:", StringComparison.Ordinal))["runbook_url:".Length..].Trim(), UriKind.Absolute));
        }),
    ];
}
