using System.Net;
using Orleans.Configuration;
using Orleans.Dashboard;
using PolicySync.AzureTables.Hosting;
using PolicySync.Host.Configuration;
using ClusterOptions = PolicySync.Host.Configuration.ClusterOptions;

namespace PolicySync.Host.Cluster;

/// <summary>How silos and gateways find each other, and how soon they notice that one is gone.</summary>
internal static class ClusterSetup
{
    /// <summary>
    /// How often a silo writes that it is alive. Three times that later, whoever starts no longer takes its row for a
    /// living silo's: so long may a cluster that died as a whole keep its successors waiting.
    /// </summary>
    private static readonly TimeSpan IAmAlive = TimeSpan.FromSeconds(10);

    private const int MissedIAmAlive = 3;

    /// <summary>How often everybody reads who is there, for news that nobody brought.</summary>
    private static readonly TimeSpan TableRefresh = TimeSpan.FromSeconds(10);

    /// <summary>Time for grains to end what they are at when a silo leaves; a write under way is waited for.</summary>
    private static readonly TimeSpan Deactivation = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Grains whose place a silo remembers, so as not to ask for it; some 320 bytes each. A task's grain is called for as
    /// long as the task runs and never again: with Orleans' million, ended tasks would fill a silo's memory for days.
    /// </summary>
    private const int RememberedPlaces = 20_000;

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
        silo.Configure<GrainDirectoryOptions>(options => options.CacheSize = RememberedPlaces);
        silo.Configure<GrainCollectionOptions>(options => options.DeactivationTimeout = Deactivation);

        if (settings.Storage.Provider == StorageProvider.Memory)
        {
            silo.UseDevelopmentClustering(endpoint); // nothing survives this process, its membership neither
        }
        else
        {
            silo.UseAzureTableClustering();
        }

        return silo.AddDashboard(HideTrace);
    }

    /// <summary>Calls the silos of the cluster, whichever are there, from a process that is none.</summary>
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

    // The trace would stream our log to a browser.
    private static void HideTrace(DashboardOptions options) => options.HideTrace = true;

    private static void Identify(Orleans.Configuration.ClusterOptions options, ClusterOptions cluster)
    {
        options.ClusterId = cluster.ClusterId;
        options.ServiceId = cluster.ServiceId;
    }

    private static void Tune(ClusterMembershipOptions options, ClusterOptions cluster)
    {
        options.ProbeTimeout = cluster.ProbeTimeout;
        options.MaxProbeTimeout = cluster.ProbeTimeout * 2; // a silo that is short of processor time waits longer, not for ever
        options.NumMissedProbesLimit = cluster.MissedProbes;
        options.IAmAliveTablePublishTimeout = IAmAlive;
        options.NumMissedTableIAmAliveLimit = MissedIAmAlive;
        options.TableRefreshTimeout = TableRefresh;
    }
}
