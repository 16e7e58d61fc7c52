using System.Net;
using Orleans.Configuration;
using Orleans.Dashboard;
using PolicySync.AzureTables.Hosting;
using PolicySync.Host.Configuration;
using ClusterOptions = PolicySync.Host.Configuration.ClusterOptions;

namespace PolicySync.Host.Cluster;

/// <summary>Configures how silos and gateways find each other and how soon they notice that one is gone.</summary>
internal static class ClusterSetup
{
    /// <summary>
    /// The period of heartbeats in the membership table. After three missed ones, starting silos ignore the row; so a cluster
    /// that died as a whole delays its successors by at most that.
    /// </summary>
    private static readonly TimeSpan IAmAlive = TimeSpan.FromSeconds(10);

    private const int MissedIAmAlive = 3;

    /// <summary>The period of reading the membership table, in case gossip is missed.</summary>
    private static readonly TimeSpan TableRefresh = TimeSpan.FromSeconds(10);

    /// <summary>How long a stopping silo waits for its grains to finish, including writes in progress.</summary>
    private static readonly TimeSpan Deactivation = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Most grain locations that a silo caches, about 320 bytes each. The grain of a task is never called after its end: with
    /// Orleans' default of a million, ended tasks would fill a silo's memory for days.
    /// </summary>
    private const int CachedLocations = 20_000;

    /// <summary>Joins the cluster and listens on the advertised address only.</summary>
    public static ISiloBuilder UseCluster(this ISiloBuilder silo, Settings settings)
    {
        var cluster = settings.Cluster;
        var address = IPAddress.Parse(cluster.AdvertisedAddress);
        var endpoint = new IPEndPoint(address, cluster.SiloPort);
        silo.Configure<Orleans.Configuration.ClusterOptions>(options => Identify(options, cluster));
        silo.Configure<SiloOptions>(options => options.SiloName = Environment.MachineName); // in Kubernetes, the pod's name
        silo.Configure<EndpointOptions>(options =>
        {
            options.AdvertisedIPAddress = address;
            options.SiloPort = cluster.SiloPort;
            options.GatewayPort = cluster.GatewayPort;
            options.SiloListeningEndpoint = endpoint;
            options.GatewayListeningEndpoint = new IPEndPoint(address, cluster.GatewayPort);
        });
        silo.Configure<ClusterMembershipOptions>(options => Tune(options, cluster));
        silo.Configure<SiloMessagingOptions>(options =>
            options.ResponseTimeout = options.SystemResponseTimeout = cluster.ResponseTimeout);
        silo.Configure<GrainDirectoryOptions>(options => options.CacheSize = CachedLocations);
        silo.Configure<GrainCollectionOptions>(options => options.DeactivationTimeout = Deactivation);

        if (settings.Storage.Provider == StorageProvider.Memory)
        {
            silo.UseDevelopmentClustering(endpoint); // membership lives as long as this process, like everything else in memory
        }
        else
        {
            silo.UseAzureTableClustering();
        }

        silo.AddDashboard(HideTrace);
        DashboardStart.Replace(silo.Services);
        return silo;
    }

    /// <summary>Connects a process without a silo to the silos of the cluster.</summary>
    public static IClientBuilder UseCluster(this IClientBuilder client, Settings settings)
    {
        var cluster = settings.Cluster;
        client.Configure<Orleans.Configuration.ClusterOptions>(options => Identify(options, cluster));
        client.Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = TableRefresh);
        client.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = cluster.ResponseTimeout);
        client.UseAzureTableClustering();
        client.UseConnectionRetryFilter<ConnectionRetry>();
        client.Services.AddSingleton<ClusterLink>();
        client.Services.AddSingleton<IClusterConnectionStatusObserver>(provider => provider.GetRequiredService<ClusterLink>());
        return client.AddDashboard(HideTrace);
    }

    // The trace would stream the log to a browser.
    private static void HideTrace(DashboardOptions options) => options.HideTrace = true;

    private static void Identify(Orleans.Configuration.ClusterOptions options, ClusterOptions cluster)
    {
        options.ClusterId = cluster.ClusterId;
        options.ServiceId = cluster.ServiceId;
    }

    private static void Tune(ClusterMembershipOptions options, ClusterOptions cluster)
    {
        options.ProbeTimeout = cluster.ProbeTimeout;
        options.MaxProbeTimeout = cluster.ProbeTimeout * 2; // a silo short of CPU extends its time-out; this limits the extension
        options.NumMissedProbesLimit = cluster.MissedProbes;
        options.IAmAliveTablePublishTimeout = IAmAlive;
        options.NumMissedTableIAmAliveLimit = MissedIAmAlive;
        options.TableRefreshTimeout = TableRefresh;
    }
}
