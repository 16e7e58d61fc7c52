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

    /// <summary>
    /// How long a silo waits for another's answer to a probe. Default: 2 seconds. Shorter finds dead silos sooner, and
    /// takes busy ones for dead.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.2000000", "00:01:00")]
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Probes in a row that a silo may miss before it is declared dead. Default: 3.</summary>
    [Range(1, 20)]
    public int MissedProbes { get; set; } = 3;

    /// <summary>
    /// How long a call between processes may take. Default: 8 seconds: what a dead silo was asked is asked again after
    /// that, if its death was not noticed before.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>
    /// How long a process that was told to stop goes on answering the API while <c>/health/ready</c> already fails.
    /// Default: 3 seconds in role <c>Gateway</c>, none in role <c>All</c>; a silo has no API.
    /// </summary>
    public TimeSpan? DrainDelay { get; set; }
}
