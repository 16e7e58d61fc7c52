using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;

namespace PolicySync.Ranger.Tags;

/// <summary>A tag on a requested resource.</summary>
/// <param name="Type">The type, which tag policies name as the resource <c>tag</c>.</param>
/// <param name="Attributes">Attributes that conditions may ask for.</param>
/// <param name="ValidityPeriods">When the tag holds; empty means always.</param>
/// <param name="Match">How the tagged resource relates to the requested one.</param>
public sealed record ResourceTag(
    string Type,
    IReadOnlyDictionary<string, string> Attributes,
    IReadOnlyList<RangerValiditySchedule> ValidityPeriods,
    ResourceMatch Match = ResourceMatch.Self)
{
    /// <summary>The tagged resource, level to values; null when unknown.</summary>
    public IReadOnlyDictionary<string, RangerPolicyResource>? Resources { get; init; }
}
