using PolicySync.Ranger.Json;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.Roles;
using PolicySync.Ranger.ServiceDefs;
using PolicySync.Ranger.Tags;
using PolicySync.Ranger.Zones;

namespace PolicySync.Ranger.Evaluation;

/// <summary>What an engine is compiled to.</summary>
internal sealed class EngineParts
{
    public EngineParts(
        ServicePolicies policies, RangerRoles? roles, RangerUserStore? userStore, ServiceTags? tags, EngineOptions options)
        : this(policies, options)
    {
        if (tags?.IsDelta == true)
        {
            throw new RangerFormatException("the tags are only what changed", "$.isDelta");
        }

        Roles = new RoleGraph(roles);
        UserStore = userStore;
        Tags = tags is null ? null : new TagStore(tags, Service.LevelsFor(RangerPolicy.AccessType));
    }

    /// <summary>Compiles other policies for the roles, users and tags of <paramref name="others"/>.</summary>
    public EngineParts(ServicePolicies policies, EngineParts others)
        : this(policies, others.Options) => (Roles, UserStore, Tags) = (others.Roles, others.UserStore, others.Tags);

    private EngineParts(ServicePolicies policies, EngineOptions options)
    {
        var def = policies.ServiceDef ?? throw new RangerFormatException("the service definition is missing", "$.serviceDef");
        if (policies.Policies is null)
        {
            // A disabled service and an answer of deltas have no policies either, and neither means that all access is denied.
            throw new RangerFormatException("the policies are missing", "$.policies");
        }

        Options = options;
        Dates = new TagDates(options);
        Service = new ServiceModel(def);
        SuperUsers = new SuperUsers(policies.ServiceConfig);
        Policies = new PolicyRepository(policies.Policies, Service, options);
        Zones = new SecurityZones(policies.SecurityZones, Service, options);
        TagPolicies = policies.TagPolicies is { ServiceDef: { } tagDef } tagPolicies
            ? new TagPolicyRepository(tagPolicies, tagDef, def.Name, options)
            : null;
        HasTagPolicies = policies.TagPolicies?.Policies?.Exists(policy => policy.IsEnabled) == true;
    }

    public EngineOptions Options { get; }

    /// <summary>How dates of tags are read.</summary>
    public TagDates Dates { get; }

    public ServiceModel Service { get; }

    public RoleGraph Roles { get; } = null!;

    public RangerUserStore? UserStore { get; }

    public SuperUsers SuperUsers { get; }

    /// <summary>Policies outside zones.</summary>
    public PolicyRepository Policies { get; }

    public SecurityZones Zones { get; }

    /// <summary>Tags by resource; null when none were given.</summary>
    public TagStore? Tags { get; }

    /// <summary>Whether any tag policy is enabled.</summary>
    public bool HasTagPolicies { get; }

    /// <summary>Tag policies; null when no tag service is linked.</summary>
    public TagPolicyRepository? TagPolicies { get; }
}
