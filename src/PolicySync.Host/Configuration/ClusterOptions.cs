using System.ComponentModel.DataAnnotations;

namespace PolicySync.Host.Configuration;

/// <summary>How silos find each other. Section <c>PolicySync:Cluster</c>.</summary>
internal sealed class ClusterOptions
{
    public const string Section = "PolicySync:Cluster";

    /// <summary>Silos of one id form one cluster. Default: <c>policysync</c>.</summary>
    [Required]
    public string ClusterId { get; set; } = "policysync";

    /// <summary>
    /// The name under which grain state is stored. Default: <c>policysync</c>. Another name starts with empty ledgers.
    /// </summary>
    [Required]
    public string ServiceId { get; set; } = "policysync";

    /// <summary>TCP port for silo to silo. Default: 11111.</summary>
    [Range(1, 65_535)]
    public int SiloPort { get; set; } = 11_111;

    /// <summary>TCP port for clients of the cluster. Default: 30000.</summary>
    [Range(1, 65_535)]
    public int GatewayPort { get; set; } = 30_000;

    /// <summary>
    /// IP address that others reach this process at; it listens there and nowhere else. Default: <c>127.0.0.1</c>.
    /// Traffic between silos is not encrypted: keep it inside a private network.
    /// </summary>
    [Required]
    public string AdvertisedAddress { get; set; } = "127.0.0.1";
}
