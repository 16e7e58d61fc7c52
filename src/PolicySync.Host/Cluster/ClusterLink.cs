namespace PolicySync.Host.Cluster;

/// <summary>Whether a gateway has a silo to talk to. Told by the Orleans client. Safe for concurrent use.</summary>
internal sealed class ClusterLink : IClusterConnectionStatusObserver
{
    private volatile bool _isUp;

    /// <summary>True from the first connection to a silo until the last one is lost.</summary>
    public bool IsUp => _isUp;

    public void NotifyGatewayCountChanged(int currentNumberOfGateways, int previousNumberOfGateways, bool connectionRecovered) =>
        _isUp = currentNumberOfGateways > 0;

    public void NotifyClusterConnectionLost() => _isUp = false;
}
