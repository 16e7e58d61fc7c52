using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Tags;

namespace PolicySync.Ranger.Conditions;

/// <summary>The facts of a request beyond principal, resource and access. Grants have no request, so their conditions are unknown.</summary>
internal sealed class RequestFacts
{
    /// <summary>Attributes of the request, by name.</summary>
    public required IReadOnlyDictionary<string, string> Context { get; init; }

    /// <summary>When the access happens.</summary>
    public required DateTimeOffset AccessTime { get; init; }

    /// <summary>The address that the request came from; null when unknown.</summary>
    public string? ClientAddress { get; init; }

    /// <summary>Attributes of the user, <c>_name</c> among them.</summary>
    public required IReadOnlyDictionary<string, string> UserAttributes { get; init; }

    /// <summary>Attributes of the user's groups, <c>_name</c> among them.</summary>
    public required IReadOnlyDictionary<string, Dictionary<string, string>> GroupAttributes { get; init; }

    /// <summary>How dates of tags are read.</summary>
    public required TagDates Dates { get; init; }

    /// <summary>The tags of the resource.</summary>
    public IReadOnlyList<ResourceTag> Tags { get; init; } = [];

    /// <summary>All resources requested together; empty when unknown.</summary>
    public IReadOnlyList<RangerResource> RequestedResources { get; init; } = [];

    /// <summary>The same, once the tags are known.</summary>
    public RequestFacts With(IReadOnlyList<ResourceTag> tags) => new()
    {
        Context = Context,
        AccessTime = AccessTime,
        ClientAddress = ClientAddress,
        UserAttributes = UserAttributes,
        GroupAttributes = GroupAttributes,
        RequestedResources = RequestedResources,
        Dates = Dates,
        Tags = tags,
    };
}
