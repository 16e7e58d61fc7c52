using System.ComponentModel.DataAnnotations;

namespace PolicySync.Core.Options;

/// <summary>Periodic verification. Section <c>PolicySync:Verify</c>.</summary>
public sealed class VerifyOptions
{
    /// <summary>Where this class is bound from.</summary>
    public const string Section = "PolicySync:Verify";

    /// <summary>The <c>event.source</c> of tasks that the schedule makes.</summary>
    public const string EventSource = "verify";

    /// <summary>
    /// From the begin of one round to the begin of the next, over the whole cluster and across restarts. Default: none, no
    /// rounds. The first begins at the start; a round whose tasks have not ended delays the next.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan? Every { get; set; }

    /// <summary>
    /// Make grants what policies say where they differ, with tasks of type <c>RESOURCE_SYNC</c>. Default: false: tasks of
    /// type <c>VERIFY</c>, which write nothing.
    /// </summary>
    public bool Repair { get; set; }

    /// <summary>
    /// What is verified, of what is managed: patterns of 1 or 2 segments over catalogs and schemas, with all below.
    /// Default: every catalog.
    /// </summary>
    public IList<string> Scopes { get; } = [];
}
