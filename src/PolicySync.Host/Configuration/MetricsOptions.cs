namespace PolicySync.Host.Configuration;

/// <summary>Who may read <c>/metrics</c>, and where people look at them. Section <c>PolicySync:Metrics</c>.</summary>
internal sealed class MetricsOptions
{
    public const string Section = "PolicySync:Metrics";

    /// <summary>Serve <c>/metrics</c> without a token. Default: false: scope <c>policysync.ops</c> is needed.</summary>
    public bool Anonymous { get; set; }

    /// <summary>Export every series of Orleans, ASP.NET Core and the runtime. Default: false: those that serve to operate the service.</summary>
    public bool All { get; set; }

    /// <summary>Address of the Grafana dashboard, an http or https URL without user or password. The operations page links to it. Default: none.</summary>
    public Uri? DashboardUrl { get; set; }
}
