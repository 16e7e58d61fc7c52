using System.Text.Json.Serialization;

namespace PolicySync.Core.Policies.Comparing;

/// <summary>A part of a set that is evaluated and is not a policy.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PolicySetPart>))]
public enum PolicySetPart
{
    /// <summary>The service definition: access types, resource levels, masks, conditions.</summary>
    [JsonStringEnumMemberName("SERVICE_DEFINITION")] ServiceDefinition,

    /// <summary>The definition of the tag service, or whether there is such a service.</summary>
    [JsonStringEnumMemberName("TAG_SERVICE")] TagService,

    /// <summary>A security zone: its resources, and whether it has tag policies of its own.</summary>
    [JsonStringEnumMemberName("ZONE")] Zone,

    /// <summary>A setting of the service. Values are not shown.</summary>
    [JsonStringEnumMemberName("SETTING")] Setting,

    /// <summary>The settings of the tag service. Values are not shown.</summary>
    [JsonStringEnumMemberName("TAG_SETTINGS")] TagSettings,
}
