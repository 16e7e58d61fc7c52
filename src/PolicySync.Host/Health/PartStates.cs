using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace PolicySync.Host.Health;

/// <summary>
/// Remembers since when parts of the process are not healthy, as probes see it, and logs each change once. While the process starts or
/// stops its parts are not ready by nature, which is no news. Safe for concurrent use.
/// </summary>
internal sealed partial class PartStates(ProcessLife life, TimeProvider time, ILogger<PartStates> logger)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Trouble> _troubles = new(StringComparer.Ordinal);

    /// <summary>Notes what a probe found. Returns since when the parts that are not healthy are so, in UTC, in the report's order.</summary>
    public IReadOnlyList<(string Part, DateTimeOffset Since)> Note(HealthReport report)
    {
        lock (_gate)
        {
            foreach (var (part, entry) in report.Entries)
            {
                Note(part, entry);
            }

            return [.. report.Entries.Keys.Where(_troubles.ContainsKey).Select(part => (part, _troubles[part].Since))];
        }
    }

    private void Note(string part, HealthReportEntry entry)
    {
        var known = _troubles.GetValueOrDefault(part);
        if (entry.Status == HealthStatus.Healthy)
        {
            if (_troubles.Remove(part) && known!.IsLogged)
            {
                LogHealthy(part, time.GetUtcNow() - known.Since);
            }

            return;
        }

        var reason = entry.Data.GetValueOrDefault(PoliciesHealth.Reason) as string;
        var trouble = known is null ? new Trouble(time.GetUtcNow(), entry.Status, reason, IsLogged: false) : known with { Status = entry.Status, Reason = reason };
        if (life.State == LifeState.Ready && (!trouble.IsLogged || trouble != known))
        {
            LogTrouble(part, trouble.Status, reason ?? "no code", trouble.Since);
            trouble = trouble with { IsLogged = true };
        }

        _troubles[part] = trouble;
    }

    private sealed record Trouble(DateTimeOffset Since, HealthStatus Status, string? Reason, bool IsLogged);

    [LoggerMessage(1631, LogLevel.Warning, "{Part} is {Status} since {Since:O}: {Reason}")]
    private partial void LogTrouble(string part, HealthStatus status, string reason, DateTimeOffset since);

    [LoggerMessage(1632, LogLevel.Information, "{Part} is healthy again after {Duration}")]
    private partial void LogHealthy(string part, TimeSpan duration);
}
