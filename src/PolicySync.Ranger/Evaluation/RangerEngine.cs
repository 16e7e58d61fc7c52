namespace PolicySync.Ranger;

/// <summary>Evaluates Ranger policies. Immutable and safe to share; compiled once for each version of the policies.</summary>
public sealed class RangerEngine
{
    private readonly ServiceModel _service;
    private readonly PolicyRepository _policies;
    private readonly SuperUsers _superUsers;
    private readonly RangerUserStore? _userStore;
    private readonly EngineOptions _options;

    private RangerEngine(ServiceModel service, ServicePolicies policies, RoleGraph roles, RangerUserStore? userStore, EngineOptions options)
    {
        _service = service;
        _policies = new PolicyRepository(policies.Policies ?? [], service, options);
        _superUsers = new SuperUsers(policies.ServiceConfig);
        _userStore = userStore;
        _options = options;
        Roles = roles;
    }

    /// <summary>The service definition.</summary>
    public RangerServiceDef ServiceDef => _service.Def;

    /// <summary>The roles.</summary>
    public RoleGraph Roles { get; }

    /// <summary>Names of the access types of the service definition.</summary>
    public IReadOnlyList<string> AccessTypes => _service.AccessTypes.Names;

    /// <summary>Prepares an engine.</summary>
    /// <param name="policies">A whole policy download, with its service definition.</param>
    /// <param name="roles">Role download; null when there are no roles.</param>
    /// <param name="userStore">User-store download; null when there is none.</param>
    /// <param name="options">How to evaluate.</param>
    /// <exception cref="RangerFormatException">The service definition is missing or contradicts itself.</exception>
    public static RangerEngine Compile(
        ServicePolicies policies, RangerRoles? roles, RangerUserStore? userStore, EngineOptions options)
    {
        var def = policies.ServiceDef ?? throw new RangerFormatException("the service definition is missing", "$.serviceDef");
        return new RangerEngine(new ServiceModel(def), policies, new RoleGraph(roles), userStore, options);
    }

    /// <summary>The access types that come with this one, as the service definition lists them. What those imply is not followed.</summary>
    public IReadOnlySet<string> ImpliedBy(string accessType) =>
        _service.AccessTypes.ImpliedBy(accessType).ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Answers a request as Ranger does.</summary>
    public AccessResult Evaluate(AccessRequest request)
    {
        var decision = _superUsers.Contains(request.User, request.UserGroups)
            ? Decision.Always
            : new RequestEvaluation(request, _service, Roles, _userStore, _options).EvaluateAccess(_policies);
        return new AccessResult
        {
            IsAllowed = decision.IsAllowed,
            PolicyId = decision.Policy?.Policy.Id,
            PolicyName = decision.Policy?.Policy.Name,
        };
    }

    /// <summary>The policies that match a resource: enabled, and valid at a time.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="at">The time that schedules are held against.</param>
    public PolicyView ViewOf(RangerResource resource, DateTimeOffset at) =>
        PolicyViewBuilder.Build(_policies, resource, at, _options.UnknownConditions);
}
