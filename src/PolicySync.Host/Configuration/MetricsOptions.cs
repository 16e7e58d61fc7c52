namespace PolicySync.Host.Configuration;

/// <summary>Who may read <c>/metrics</c>. Section <c>PolicySync:Metrics</c>.</summary>
internal sealed class MetricsOptions
{
    public const string Section = "PolicySync:Metrics";

    /// <summary>Serve <c>/metrics</c> without a token. Default: false: scope <c>policysync.ops</c> is needed.</summary>
    public bool Anonymous { get; set; }
}
