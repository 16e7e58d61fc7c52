namespace PolicySync.Host.Cluster;

/// <summary>Whether a gateway is connected to a silo, as the Orleans client reports it. Safe for concurrent use.</summary>
internal sealed class ClusterLink : IClusterConnectionStatusObserver
{
    private volatile bool _isUp;

    /// <summary>True from the first connection to a silo until the last one is lost.</summary>
    public bool IsUp => _isUp;

    public void NotifyGatewayCountChanged(int currentNumberOfGateways, int previousNumberOfGateways, bool connectionRecovered) =>
        _isUp = currentNumberOfGateways > 0;

    public void NotifyClusterConnectionLost() => _isUp = false;
}
