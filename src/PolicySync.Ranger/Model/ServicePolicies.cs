namespace PolicySync.Ranger.Model;

/// <summary>The answer of Ranger's policy download for one service.</summary>
public sealed class ServicePolicies
{
    /// <summary>Name of the service in Ranger Admin.</summary>
    public string? ServiceName { get; set; }

    /// <summary>Id of the service in Ranger Admin.</summary>
    public long? ServiceId { get; set; }

    /// <summary>Version of the policy set; a restored database may lower it.</summary>
    public long? PolicyVersion { get; set; }

    /// <summary>When the set last changed.</summary>
    public DateTimeOffset? PolicyUpdateTime { get; set; }

    /// <summary>
    /// The service's policies outside zones; null when the file has none, as in the header-only answer for a disabled
    /// service and in an answer of deltas. Null is never the same as an empty list.
    /// </summary>
    public List<RangerPolicy>? Policies { get; set; }

    /// <summary>What resources and access types the service has.</summary>
    public RangerServiceDef? ServiceDef { get; set; }

    /// <summary>Policies of the tag service that is linked to this service.</summary>
    public TagPolicies? TagPolicies { get; set; }

    /// <summary>Security zones by name. Ranger moves a zone's policies out of <see cref="Policies"/> into its zone.</summary>
    public Dictionary<string, SecurityZoneInfo> SecurityZones { get; set; } = [];

    /// <summary>Changes since a version that the caller named; null when the answer is a whole set.</summary>
    public List<RangerPolicyDelta>? PolicyDeltas { get; set; }

    /// <summary>Settings of the plugin, for example <c>ranger.plugin.super.users</c>.</summary>
    public Dictionary<string, string> ServiceConfig { get; set; } = [];
}

/// <summary>The linked tag service inside <see cref="ServicePolicies"/>.</summary>
public sealed class TagPolicies
{
    /// <summary>Name of the tag service.</summary>
    public string? ServiceName { get; set; }

    /// <summary>Version of the tag policies.</summary>
    public long? PolicyVersion { get; set; }

    /// <summary>The tag policies; null when the file has none.</summary>
    public List<RangerPolicy>? Policies { get; set; }

    /// <summary>Definition of the tag service; its access types read <c>service:access</c>.</summary>
    public RangerServiceDef? ServiceDef { get; set; }

    /// <summary>Settings of the tag service.</summary>
    public Dictionary<string, string> ServiceConfig { get; set; } = [];
}

/// <summary>One security zone: the resources that it owns, and the only resource policies that apply to them.</summary>
public sealed class SecurityZoneInfo
{
    /// <summary>Name of the zone.</summary>
    public string? ZoneName { get; set; }

    /// <summary>Resources of the zone, each a map of resource name to values.</summary>
    public List<Dictionary<string, List<string>>> Resources { get; set; } = [];

    /// <summary>The zone's policies; null when the file has none.</summary>
    public List<RangerPolicy>? Policies { get; set; }

    /// <summary>Changes of the zone's policies; null when the answer is a whole set.</summary>
    public List<RangerPolicyDelta>? PolicyDeltas { get; set; }

    /// <summary>Whether the zone has tag policies of its own, which then replace those without a zone.</summary>
    public bool ContainsAssociatedTagService { get; set; }
}

/// <summary>One change of a policy set.</summary>
public sealed class RangerPolicyDelta
{
    /// <summary>Id of the change.</summary>
    public long? Id { get; set; }

    /// <summary>0 create, 1 update, 2 delete; any other number asks for a whole download.</summary>
    public int? ChangeType { get; set; }

    /// <summary>Version of the set after this change.</summary>
    public long? PoliciesVersion { get; set; }

    /// <summary>The policy after the change; for a deletion at least its id.</summary>
    public RangerPolicy? Policy { get; set; }
}
