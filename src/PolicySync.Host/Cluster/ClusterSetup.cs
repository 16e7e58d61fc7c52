using System.Net;
using Orleans.Configuration;
using Orleans.Dashboard;
using PolicySync.Host.Configuration;

namespace PolicySync.Host.Cluster;

/// <summary>The silo of this process.</summary>
internal static class ClusterSetup
{
    /// <summary>Joins the cluster and listens on the advertised address only.</summary>
    public static ISiloBuilder UseCluster(this ISiloBuilder silo, Settings settings)
    {
        var cluster = settings.Cluster;
        var address = IPAddress.Parse(cluster.AdvertisedAddress);
        var endpoint = new IPEndPoint(address, cluster.SiloPort);
        silo.Configure<Orleans.Configuration.ClusterOptions>(options =>
        {
            options.ClusterId = cluster.ClusterId;
            options.ServiceId = cluster.ServiceId;
        });
        silo.Configure<EndpointOptions>(options =>
        {
            options.AdvertisedIPAddress = address;
            options.SiloPort = cluster.SiloPort;
            options.GatewayPort = cluster.GatewayPort;
            options.SiloListeningEndpoint = endpoint;
            options.GatewayListeningEndpoint = new IPEndPoint(address, cluster.GatewayPort);
        });

        // Role All is a cluster of one, whose membership may die with it: a restart finds no rows of a dead silo to wait for.
        silo.UseDevelopmentClustering(endpoint);
        return silo.AddDashboard(options => options.HideTrace = true); // the trace would stream our log to a browser
    }
}
