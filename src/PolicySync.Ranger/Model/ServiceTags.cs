namespace PolicySync.Ranger.Model;

/// <summary>The answer of Ranger's tag download: tags, resources, and which resource carries which tag.</summary>
public sealed class ServiceTags
{
    /// <summary><c>add_or_update</c>, <c>delete</c> or <c>replace</c>.</summary>
    public string? Op { get; set; }

    /// <summary>Name of the service whose resources are tagged.</summary>
    public string? ServiceName { get; set; }

    /// <summary>Version of the tags.</summary>
    public long? TagVersion { get; set; }

    /// <summary>Whether the answer contains only what changed.</summary>
    public bool IsDelta { get; set; }

    /// <summary>Tag types by id.</summary>
    public Dictionary<string, RangerTagDef> TagDefinitions { get; set; } = [];

    /// <summary>Tags by id.</summary>
    public Dictionary<string, RangerTag> Tags { get; set; } = [];

    /// <summary>Tagged resources.</summary>
    public List<RangerServiceResource> ServiceResources { get; set; } = [];

    /// <summary>Resource id to the ids of its tags.</summary>
    public Dictionary<string, List<long>> ResourceToTagIds { get; set; } = [];
}

/// <summary>A type of tag.</summary>
public sealed class RangerTagDef
{
    /// <summary>Name of the type.</summary>
    public string? Name { get; set; }

    /// <summary>Where the type comes from.</summary>
    public string? Source { get; set; }
}

/// <summary>A tag: its type, attributes, and when it holds.</summary>
public sealed class RangerTag
{
    /// <summary>Name of the type, which tag policies name as the resource <c>tag</c>.</summary>
    public string? Type { get; set; }

    /// <summary>Attributes that conditions may ask for.</summary>
    public Dictionary<string, string> Attributes { get; set; } = [];

    /// <summary>When the tag holds; empty means always.</summary>
    public List<RangerValiditySchedule> ValidityPeriods { get; set; } = [];
}

/// <summary>A tagged resource, which may contain patterns as a policy's resources do.</summary>
public sealed class RangerServiceResource
{
    /// <summary>Id, the key of <see cref="ServiceTags.ResourceToTagIds"/>.</summary>
    public long? Id { get; set; }

    /// <summary>The service that the resource belongs to.</summary>
    public string? ServiceName { get; set; }

    /// <summary>Resource name to values.</summary>
    public Dictionary<string, RangerPolicyResource> ResourceElements { get; set; } = [];

    /// <summary>Owner, when known.</summary>
    public string? OwnerUser { get; set; }
}
