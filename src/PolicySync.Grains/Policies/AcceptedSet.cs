using PolicySync.Core.Policies;
using PolicySync.Core.Policies.Sets;
using PolicySync.Core.Policies.Watching;

namespace PolicySync.Grains.Policies;

/// <summary>The policies that a process accepted last.</summary>
/// <param name="Set">The policies, as their authors wrote them.</param>
/// <param name="Baseline">Version, stamp and size.</param>
/// <param name="AcceptTime">When the process accepted them.</param>
/// <param name="CheckTime">When the source was last seen to have them; null when they were recalled after a restart without the source.</param>
public sealed record AcceptedSet(PolicySet Set, PolicyBaseline Baseline, DateTimeOffset AcceptTime, DateTimeOffset? CheckTime)
{
    /// <summary>All that decides, for the watch of policies; null when that is off.</summary>
    public WatchedPolicies? Watched { get; init; }
}
