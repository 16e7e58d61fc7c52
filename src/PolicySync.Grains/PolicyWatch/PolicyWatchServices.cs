using Microsoft.Extensions.Options;
using PolicySync.Core.Options;
using PolicySync.Core.Policies.Watching;

namespace PolicySync.Grains.PolicyWatch;

/// <summary>What the grain that watches policies works with.</summary>
internal sealed record PolicyWatchServices(
    WatchedVersions Versions, IWatchedSets Sets, ConcernedResources Concerned, ChangeLimit Limit, WatchTasks Tasks, PolicyWatchMetrics Metrics,
    IOptions<PoliciesOptions> Options, IOptions<TagsOptions> Tags)
{
    /// <summary>Whether tags of another source than Ranger's download count.</summary>
    public bool TagsElsewhere => Tags.Value.Source != TagSourceKind.Ranger;
}
