using Microsoft.Extensions.Logging;

namespace PolicySync.Adapters.Events;

/// <summary>
/// Knows whether the process is connected to the hub, and logs why not, each kind of failure once a minute. Safe for concurrent use.
/// </summary>
internal sealed partial class HubTrouble(EventMetrics metrics, TimeProvider time, ILogger<HubTrouble> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _logged = new(StringComparer.Ordinal);

    /// <summary>The last failure; null while the process is connected.</summary>
    public string? Last { get; private set; }

    public void Record(Exception e, string operation)
    {
        metrics.IsConnected = false;
        var line = $"{e.GetType().Name}: {e.Message.Split('\n')[0]}";
        lock (_gate)
        {
            Last = line;
            if (_logged.TryGetValue(e.GetType().Name, out var before) && time.GetElapsedTime(before) < Pause)
            {
                return;
            }

            _logged[e.GetType().Name] = time.GetTimestamp();
        }

        LogFailed(operation, line);
    }

    /// <summary>The hub answers.</summary>
    public void End()
    {
        metrics.IsConnected = true;
        lock (_gate)
        {
            Last = null;
        }
    }

    [LoggerMessage(146, LogLevel.Error, "The event hub cannot be read ({Operation}): {Reason}. Tasks of the API are not concerned; the process keeps trying")]
    private partial void LogFailed(string operation, string reason);
}
