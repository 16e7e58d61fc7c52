using System.Text.Json.Serialization;
using PolicySync.Ranger.Json;

namespace PolicySync.Ranger.Model;

/// <summary>One Ranger policy as Ranger Admin hands it out.</summary>
public sealed class RangerPolicy
{
    /// <summary>Policies that allow or deny access.</summary>
    public const int AccessType = 0;

    /// <summary>Policies that mask columns.</summary>
    public const int DataMaskType = 1;

    /// <summary>Policies that filter rows.</summary>
    public const int RowFilterType = 2;

    /// <summary>Id in Ranger Admin. Ids of tag and resource policies may collide.</summary>
    public long? Id { get; set; }

    /// <summary>Id that survives export and import.</summary>
    public string? Guid { get; set; }

    /// <summary>Version of this policy.</summary>
    public long? Version { get; set; }

    /// <summary>The service that the policy belongs to.</summary>
    public string? Service { get; set; }

    /// <summary>Kind of that service, for example <c>tag</c>; identifies the policies of a delta.</summary>
    public string? ServiceType { get; set; }

    /// <summary>Name, unique in a service and zone.</summary>
    public string? Name { get; set; }

    /// <summary>Free text.</summary>
    public string? Description { get; set; }

    /// <summary>Ranger Admin also sends disabled policies; they decide nothing. Default: true.</summary>
    [JsonConverter(typeof(TrueUnlessSaid))]
    public bool IsEnabled { get; set; } = true;

    /// <summary>Whether access is audited when this policy matches. Default: true.</summary>
    [JsonConverter(typeof(TrueUnlessSaid))]
    public bool IsAuditEnabled { get; set; } = true;

    /// <summary>One of <see cref="AccessType"/>, <see cref="DataMaskType"/>, <see cref="RowFilterType"/>.</summary>
    public int PolicyType { get; set; }

    /// <summary>0 normal, 1 override: an override policy is asked first and wins over normal ones.</summary>
    public int PolicyPriority { get; set; }

    /// <summary>Resource name to values; together one set of resources.</summary>
    public Dictionary<string, RangerPolicyResource> Resources { get; set; } = [];

    /// <summary>Further sets of resources, any of which may match instead of <see cref="Resources"/>.</summary>
    public List<Dictionary<string, RangerPolicyResource>> AdditionalResources { get; set; } = [];

    /// <summary>Conditions that must all hold before any item applies.</summary>
    public List<RangerCondition> Conditions { get; set; } = [];

    /// <summary>Items that allow.</summary>
    public List<RangerPolicyItem> PolicyItems { get; set; } = [];

    /// <summary>Items that deny.</summary>
    public List<RangerPolicyItem> DenyPolicyItems { get; set; } = [];

    /// <summary>Items that cancel an allow item of this policy.</summary>
    public List<RangerPolicyItem> AllowExceptions { get; set; } = [];

    /// <summary>Items that cancel a deny item of this policy.</summary>
    public List<RangerPolicyItem> DenyExceptions { get; set; } = [];

    /// <summary>Masks, in order: the first item that matches decides.</summary>
    public List<RangerDataMaskPolicyItem> DataMaskPolicyItems { get; set; } = [];

    /// <summary>Row filters, in order: the first item that matches decides.</summary>
    public List<RangerRowFilterPolicyItem> RowFilterPolicyItems { get; set; } = [];

    /// <summary>When the policy holds; empty means always.</summary>
    public List<RangerValiditySchedule> ValiditySchedules { get; set; } = [];

    /// <summary>Whether the policy denies every principal that none of its items allows.</summary>
    public bool IsDenyAllElse { get; set; }

    /// <summary>Security zone, empty or null outside zones.</summary>
    public string? ZoneName { get; set; }

    /// <summary>Labels, of no meaning to evaluation.</summary>
    public List<string> PolicyLabels { get; set; } = [];
}

/// <summary>The values that a policy names for one resource level.</summary>
public sealed class RangerPolicyResource
{
    /// <summary>Names or patterns; empty means every value.</summary>
    public List<string> Values { get; set; } = [];

    /// <summary>Whether the policy is for everything but <see cref="Values"/>.</summary>
    public bool IsExcludes { get; set; }

    /// <summary>For paths: whether what lies below a value is meant too.</summary>
    public bool IsRecursive { get; set; }
}

/// <summary>A condition: a type that the service definition declares, and its values.</summary>
public sealed class RangerCondition
{
    /// <summary>Name of the condition in the service definition.</summary>
    public string? Type { get; set; }

    /// <summary>Values, in the form that the condition's evaluator expects.</summary>
    public List<string> Values { get; set; } = [];
}
