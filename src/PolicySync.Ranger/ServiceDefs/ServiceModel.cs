using PolicySync.Ranger.Conditions;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.Text;

namespace PolicySync.Ranger.ServiceDefs;

/// <summary>A service definition, prepared for evaluation.</summary>
internal sealed class ServiceModel
{
    private readonly ResourceLevels _access;
    private readonly ResourceLevels _masks;
    private readonly ResourceLevels _filters;

    public ServiceModel(RangerServiceDef def)
    {
        Def = def;
        _access = new ResourceLevels(def.Resources);
        _masks = new ResourceLevels(Overlay.Resources(def.Resources, def.DataMaskDef?.Resources));
        _filters = new ResourceLevels(Overlay.Resources(def.Resources, def.RowFilterDef?.Resources));
        AccessTypes = new AccessTypes(def.AccessTypes, def.MarkerAccessTypes);
        HasDenyAndExceptions = !(def.Options.TryGetValue("enableDenyAndExceptionsInPolicies", out var option)
            && option.Length > 0
            && !JavaText.EqualsIgnoringCase(option, "true"));
    }

    public RangerServiceDef Def { get; }

    public AccessTypes AccessTypes { get; }

    /// <summary>Whether deny items and exceptions are looked at; a service may switch them off.</summary>
    public bool HasDenyAndExceptions { get; }

    /// <summary>The levels for a type of policies; an unknown type has those of access policies.</summary>
    public ResourceLevels LevelsFor(int policyType) => policyType switch
    {
        RangerPolicy.DataMaskType => _masks,
        RangerPolicy.RowFilterType => _filters,
        _ => _access,
    };

    public RangerPolicyConditionDef? Condition(string? name) =>
        Def.PolicyConditions.Find(c => string.Equals(c.Name, name, StringComparison.Ordinal));
}
