using System.Text.Json.Serialization;
using PolicySync.Core.Access;
using PolicySync.Core.Desired;
using PolicySync.Core.Principals;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Reports;

/// <summary>Whether a grant is the service's own. Wire names are promises.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GrantOrigin>))]
public enum GrantOrigin
{
    /// <summary>The service made or adopted it.</summary>
    [JsonStringEnumMemberName("OURS")] Ours,

    /// <summary>Another party made it.</summary>
    [JsonStringEnumMemberName("FOREIGN")] Foreign,
}

/// <summary>Who has access to a securable, by which path, and what policy says about it.</summary>
public sealed record AccessReport
{
    /// <summary>The type of the securable.</summary>
    public required string Type { get; init; }

    /// <summary>The full name, in lower case.</summary>
    public required string FullName { get; init; }

    /// <summary>The kind as Unity Catalog has it, for example `MANAGED` or `VIEW`; null in a recorded answer.</summary>
    public string? Kind { get; init; }

    /// <summary>The owner; null when Unity Catalog does not return it.</summary>
    public string? Owner { get; init; }

    /// <summary>When the grants were read; null when nothing was recorded.</summary>
    public DateTime? ReadTime { get; init; }

    /// <summary>The version of the policies that the answer compares with; null when there is none.</summary>
    public long? PolicyVersion { get; init; }

    /// <summary>The principals of this page, sorted.</summary>
    public IReadOnlyList<PrincipalAccess> Principals { get; init; } = [];

    /// <summary>The number of principals on all pages.</summary>
    public int PrincipalCount { get; init; }

    /// <summary>The first 1,000 differences between policy and Unity Catalog that a sync would leave. Only on the first page.</summary>
    public IReadOnlyList<Gap> Gaps { get; init; } = [];

    /// <summary>The number of such differences.</summary>
    public int GapCount { get; init; }

    /// <summary>The first 1,000 changes that a sync would make. Only on the first page.</summary>
    public IReadOnlyList<ResourceChange> Changes { get; init; } = [];

    /// <summary>The number of such changes.</summary>
    public int ChangeCount { get; init; }

    /// <summary>What could not be read, for people; access by such paths is missing in the answer.</summary>
    public IReadOnlyList<string> Unread { get; init; } = [];

    /// <summary>Requests to Unity Catalog that the answer took.</summary>
    public int Calls { get; init; }

    /// <summary>The key of the last principal of this page; null on the last page.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? After { get; init; }
}

/// <summary>What one principal has on the securable.</summary>
/// <param name="Principal">The user, service principal or group.</param>
/// <param name="Kind">What the directory says of the principal.</param>
/// <param name="Privileges">Each privilege that it has, sorted; those that policy gives and Unity Catalog does not are among the gaps.</param>
/// <param name="MissingUse">USE on containers that it lacks, without which it cannot use its privileges; null when it lacks none.</param>
public sealed record PrincipalAccess(
    string Principal, PrincipalKind Kind, IReadOnlyList<HeldPrivilege> Privileges, IReadOnlyList<MissingUse>? MissingUse);

/// <summary>A privilege that a principal has.</summary>
/// <param name="Privilege">The privilege, in upper case.</param>
/// <param name="Paths">Every path by which the principal has it.</param>
/// <param name="Policy">What policy says about it; null in a recorded answer.</param>
/// <param name="Difference">`EXPOSED` when policy does not give what Unity Catalog gives; null otherwise.</param>
public sealed record HeldPrivilege(string Privilege, IReadOnlyList<HeldPath> Paths, PolicyOpinion? Policy, GapDirection? Difference);

/// <summary>One path by which a principal has a privilege.</summary>
/// <param name="Path">A grant on the securable, one on a container, or the ownership.</param>
/// <param name="Grantee">The principal that holds the grant or owns the securable: the principal itself, or a group that it is a member of.</param>
/// <param name="Membership">True when the principal has it as a member of the grantee; null otherwise.</param>
/// <param name="Granted">The privilege as it was granted, for example `ALL_PRIVILEGES`; null for ownership.</param>
/// <param name="Type">The type of the securable that carries the grant.</param>
/// <param name="FullName">The full name of that securable.</param>
/// <param name="Origin">Whether the service made the grant; null for ownership.</param>
/// <param name="PolicyId">The policy that asked for a grant of the service; null when none is known.</param>
/// <param name="PolicyName">The name of that policy; null when none is known.</param>
/// <param name="TaskId">The task that made a grant of the service; null for other paths.</param>
/// <param name="Since">When the service made the grant, or first saw that of another party; null when not known.</param>
public sealed record HeldPath(
    AccessPath Path, string Grantee, bool? Membership, string? Granted, string Type, string FullName, GrantOrigin? Origin,
    long? PolicyId, string? PolicyName, string? TaskId, DateTime? Since);

/// <summary>USE on a container that a principal lacks.</summary>
/// <param name="Privilege">`USE_CATALOG` or `USE_SCHEMA`.</param>
/// <param name="Type">The type of the container.</param>
/// <param name="FullName">The full name of the container.</param>
public sealed record MissingUse(string Privilege, string Type, string FullName);
