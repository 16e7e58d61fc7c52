using System.ComponentModel.DataAnnotations;

namespace PolicySync.Core.Options;

/// <summary>The watch for new and recreated objects. Section <c>PolicySync:Watch</c>.</summary>
public sealed class WatchOptions
{
    /// <summary>Where this class is bound from.</summary>
    public const string Section = "PolicySync:Watch";

    /// <summary>The <c>event.source</c> of tasks that the watch makes.</summary>
    public const string EventSource = "watch";

    /// <summary>
    /// From the start of one round to the start of the next, 10 seconds to 1 hour. Default: none, no watch; a minute is recommended. A round
    /// that takes longer delays the next. One silo at a time has rounds. The first round after a start only learns which objects exist.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:10", "01:00:00")]
    public TimeSpan? Every { get; set; }

    /// <summary>
    /// What is watched, of what is managed: patterns of 1 or 2 segments over catalogs and schemas, with all below. Default: every catalog.
    /// </summary>
    public IList<string> Scopes { get; } = [];

    /// <summary>Most tasks of a round, each with up to 1,000 objects. What is left is found again by the next round. Default: 20.</summary>
    [Range(1, 1_000)]
    public int MaxTasksPerRound { get; set; } = 20;

    /// <summary>
    /// Whether the first round after a start syncs objects that no sync has recorded, instead of only learning them. Default: false.
    /// </summary>
    public bool OnStart { get; set; }

    /// <summary>
    /// Most schemas with row filters or masks of the service whose tables a round lists, those first that were listed longest ago.
    /// Default: 200; 0 lists none.
    /// </summary>
    [Range(0, 10_000)]
    public int GuardedSchemas { get; set; } = 200;
}
