using PolicySync.Core.Access;
using PolicySync.Core.Reports;

namespace PolicySync.Core.Explaining;

/// <summary>What Unity Catalog gives a principal of one privilege.</summary>
/// <param name="Has">Whether the principal has the privilege.</param>
/// <param name="Paths">Every path by which it has it.</param>
/// <param name="MissingUse">USE on containers that it lacks, without which it cannot use the privilege.</param>
/// <param name="ReadTime">When the grants were read, UTC.</param>
/// <param name="Unread">What could not be read, for people; access by such paths is missing here.</param>
public sealed record ExplainedAccess(
    bool Has, IReadOnlyList<ExplainedPath> Paths, IReadOnlyList<MissingUse> MissingUse, DateTime? ReadTime, IReadOnlyList<string> Unread);

/// <summary>One path by which a principal has a privilege.</summary>
/// <param name="Path">A grant on the securable, one on a container, or the ownership.</param>
/// <param name="Grantee">The principal that holds the grant or owns the securable.</param>
/// <param name="Members">How the principal belongs to it, from the group that lists it upwards; empty when it is the grantee.</param>
/// <param name="Granted">The privilege as it was granted; null for ownership.</param>
/// <param name="Type">The type of the securable that carries the grant, or that is owned.</param>
/// <param name="FullName">The full name of that securable.</param>
/// <param name="Origin">Whether the service made the grant; null for ownership.</param>
public sealed record ExplainedPath(
    AccessPath Path, string Grantee, IReadOnlyList<MemberLink> Members, string? Granted, string Type, string FullName, GrantOrigin? Origin)
{
    /// <summary>The policy that asked for a grant of the service; null when none is known.</summary>
    public long? PolicyId { get; init; }

    /// <summary>The name of that policy; null when none is known.</summary>
    public string? PolicyName { get; init; }

    /// <summary>The task that made a grant of the service; null for other paths.</summary>
    public string? TaskId { get; init; }

    /// <summary>When the service made the grant, or first saw that of another party; null when not known.</summary>
    public DateTime? Since { get; init; }
}
