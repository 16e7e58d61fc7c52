namespace PolicySync.Host.Cluster;

/// <summary>Lets a gateway keep looking for a silo: silos may start after it, or may all be gone for a while.</summary>
internal sealed partial class ConnectionRetry(ClusterLink link, TimeProvider time, ILogger<ConnectionRetry> logger) : IClientConnectionRetryFilter
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

    private bool _logged;

    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        if (!_logged && !link.IsUp)
        {
            LogNoSilo(exception.Message);
            _logged = true;
        }

        await Task.Delay(Delay, time, cancellationToken);
        return true;
    }

    [LoggerMessage(EventId = 1300, Level = LogLevel.Warning, Message = "No silo is reachable; accepted tasks wait until one is: {Reason}")]
    private partial void LogNoSilo(string reason);
}
