using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Tags;

namespace PolicySync.Ranger.Evaluation;

/// <summary>One request in Ranger's own form, for the conformance suites and tests.</summary>
public sealed class AccessRequest
{
    /// <summary>Asks whether there is any access at all, as listings do.</summary>
    public const string AnyAccess = "_any";

    /// <summary>Asks for the right to manage policies of the resource.</summary>
    public const string AdminAccess = "_admin";

    /// <summary>What is accessed.</summary>
    public required RangerResource Resource { get; init; }

    /// <summary>Access type; null and empty mean <see cref="AnyAccess"/>.</summary>
    public string? AccessType { get; init; }

    /// <summary>User name.</summary>
    public string? User { get; init; }

    /// <summary>Groups of the user.</summary>
    public IReadOnlyCollection<string> UserGroups { get; init; } = [];

    /// <summary>Roles of the user. Given, they count instead of those that the engine finds for user and groups.</summary>
    public IReadOnlyCollection<string> UserRoles { get; init; } = [];

    /// <summary>When the access happens; schedules are evaluated for it.</summary>
    public required DateTimeOffset AccessTime { get; init; }

    /// <summary>Whether policies for what lies below the resource count too. Default: they do not.</summary>
    public bool IncludesDescendants { get; init; }

    /// <summary>How loosely a level may match, by its name. Default: only itself.</summary>
    public IReadOnlyDictionary<string, ElementScope>? ElementScopes { get; init; }

    /// <summary>Attributes of the request, for conditions, and <c>token:NAME</c> for tokens.</summary>
    public IReadOnlyDictionary<string, string> Context { get; init; } = new Dictionary<string, string>();

    /// <summary>The address that the request came from, for conditions; null when unknown.</summary>
    public string? ClientAddress { get; init; }

    /// <summary>The tags of the resource; null takes those that the engine was compiled with.</summary>
    public IReadOnlyList<ResourceTag>? Tags { get; init; }

    /// <summary>All resources that are asked for together with this one, itself among them, for conditions; empty when unknown.</summary>
    public IReadOnlyList<RangerResource> RequestedResources { get; init; } = [];

    /// <summary>Several access types at once; empty asks for <see cref="AccessType"/> alone.</summary>
    public IReadOnlyCollection<string> AllAccessTypes { get; init; } = [];

    /// <summary>
    /// Groups of <see cref="AllAccessTypes"/>: each group needs one of its access types. Empty: one of all is enough.
    /// </summary>
    public IReadOnlyCollection<IReadOnlyCollection<string>> AllAccessTypeGroups { get; init; } = [];

    /// <summary>Access types that need no policy to allow them, as long as none denies them.</summary>
    public IReadOnlyCollection<string> IgnoreIfNotDenied { get; init; } = [];

    /// <summary>Whether one of <see cref="AllAccessTypes"/> is enough to end the search, as for <see cref="AnyAccess"/>.</summary>
    public bool IsAnyOfAll { get; init; }

    /// <summary>Whether a deny for something below the resource leaves the resource itself alone. Default: true.</summary>
    public bool IgnoresDescendantDeny { get; init; } = true;

    internal bool IsAny => string.IsNullOrEmpty(AccessType) || AccessType == AnyAccess;
}
