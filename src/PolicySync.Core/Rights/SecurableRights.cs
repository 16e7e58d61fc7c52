using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Rights;

/// <summary>
/// The securables that a caller may sync, and whose tasks it may read, cancel and retry. A container is covered only together with
/// everything in it, so a pattern for a schema does not cover the catalog. Immutable.
/// </summary>
public sealed class SecurableRights
{
    private readonly IReadOnlyList<NamePattern>? _patterns;

    private SecurableRights(IReadOnlyList<NamePattern>? patterns) => _patterns = patterns;

    /// <summary>Everything, also resources that name no securable.</summary>
    public static SecurableRights All { get; } = new(patterns: null);

    /// <summary>Nothing.</summary>
    public static SecurableRights None { get; } = new([]);

    /// <summary>What at least one of the patterns covers.</summary>
    public static SecurableRights Of(IReadOnlyList<NamePattern> patterns) => new(patterns);

    /// <summary>Whether patterns limit them.</summary>
    public bool AreLimited => _patterns is not null;

    /// <summary>Whether <paramref name="resource"/> is covered. Limited rights never cover one that names no securable.</summary>
    public bool Allow(RequestedResource resource) =>
        _patterns is null || (resource.Securable is { } securable && _patterns.Any(pattern => pattern.Covers(securable)));

    /// <summary>Whether everything that <paramref name="pattern"/> covers is covered.</summary>
    public bool Allow(NamePattern pattern) => _patterns is null || _patterns.Any(own => own.CoversAllOf(pattern));

    /// <summary>Whether all resources of <paramref name="request"/> are covered.</summary>
    public bool Allow(SyncRequest request) => _patterns is null || (request.Resources.Count > 0 && request.Resources.All(Allow));

    /// <summary>Whether all resources of <paramref name="task"/> are covered; null when the summary lacks some and those that it has are.</summary>
    public bool? Allow(TaskSummary task) =>
        _patterns is null ? true
        : !task.Resources.All(name => TaskSummary.ResourceOf(name) is { } resource && Allow(resource)) ? false
        : task.HasAllResources ? true
        : null;
}
