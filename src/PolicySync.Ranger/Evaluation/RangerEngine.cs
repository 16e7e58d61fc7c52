namespace PolicySync.Ranger;

/// <summary>Evaluates Ranger policies. Immutable and safe to share; compiled once for each version of the policies.</summary>
public sealed class RangerEngine
{
    private RangerEngine(RangerServiceDef serviceDef, RoleGraph roles)
    {
        ServiceDef = serviceDef;
        Roles = roles;
    }

    /// <summary>The service definition.</summary>
    public RangerServiceDef ServiceDef { get; }

    /// <summary>The roles.</summary>
    public RoleGraph Roles { get; }

    /// <summary>Names of the access types of the service definition.</summary>
    public IReadOnlyList<string> AccessTypes => throw new NotSupportedException("not built yet");

    /// <summary>Prepares an engine.</summary>
    /// <param name="policies">A whole policy download, with its service definition.</param>
    /// <param name="roles">Role download; null when there are no roles.</param>
    /// <param name="userStore">User-store download; null when there is none.</param>
    /// <param name="options">How to evaluate.</param>
    /// <exception cref="RangerFormatException">The service definition is missing or contradicts itself.</exception>
    public static RangerEngine Compile(
        ServicePolicies policies, RangerRoles? roles, RangerUserStore? userStore, EngineOptions options) =>
        throw new NotSupportedException("not built yet");

    /// <summary>The access types that come with this one, as the service definition lists them. What those imply is not followed.</summary>
    public IReadOnlySet<string> ImpliedBy(string accessType) => throw new NotSupportedException("not built yet");

    /// <summary>Answers a request as Ranger does.</summary>
    public AccessResult Evaluate(AccessRequest request) => throw new NotSupportedException("not built yet");

    /// <summary>The policies that match a resource: enabled, and valid at a time.</summary>
    public PolicyView ViewOf(RangerResource resource, DateTimeOffset at) => throw new NotSupportedException("not built yet");
}
