using System.ComponentModel.DataAnnotations;

namespace PolicySync.Host.Configuration;

/// <summary>How the processes of a cluster find each other. Section <c>PolicySync:Cluster</c>.</summary>
internal sealed class ClusterOptions
{
    public const string Section = "PolicySync:Cluster";

    /// <summary>Processes with the same id form a cluster. Default: <c>policysync</c>.</summary>
    [Required]
    public string ClusterId { get; set; } = "policysync";

    /// <summary>
    /// The name under which grain state is stored. Default: <c>policysync</c>. A new name starts with empty ledgers.
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
    /// IP address at which other processes reach this one; it listens on this address only. Default: <c>127.0.0.1</c>.
    /// Traffic between processes is not encrypted: keep it inside a private network.
    /// </summary>
    [Required]
    public string AdvertisedAddress { get; set; } = "127.0.0.1";

    /// <summary>
    /// How long a silo waits for another silo's answer to a probe. Default: 2 seconds. A shorter time finds dead silos sooner and may
    /// declare busy ones dead.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.2000000", "00:01:00")]
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Probes in a row that a silo may miss before it is declared dead. Default: 3.</summary>
    [Range(1, 20)]
    public int MissedProbes { get; set; } = 3;

    /// <summary>
    /// Longest time of a call between processes. Default: 8 seconds. A call to a dead silo is repeated after that, unless the death was
    /// noticed before.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>
    /// How long a stopping process still answers the API while <c>/health/ready</c> already fails. Default: 3 seconds in role
    /// <c>Gateway</c>, none in role <c>All</c>; a silo has no API.
    /// </summary>
    public TimeSpan? DrainDelay { get; set; }
}
