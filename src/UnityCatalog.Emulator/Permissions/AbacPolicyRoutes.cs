using UnityCatalog.Emulator.Catalog;
using UnityCatalog.Emulator.Http;

namespace UnityCatalog.Emulator.Permissions;

/// <summary>
/// Attribute-based policies of catalogs, schemas and tables (reference §1.3): kept and listed. They have no effect here: no
/// access is decided by them. They last until the state is replaced.
/// </summary>
internal static class AbacPolicyRoutes
{
    private const string Root = $"{RouteTable.UnityCatalog}/policies";
    private const string On = $"{Root}/{{on_securable_type}}/{{on_securable_fullname}}";

    public static void Map(RouteTable routes)
    {
        routes.Post(Root, Create);
        routes.Get(On, List);
        routes.Delete($"{On}/{{name}}", Remove);
    }

    private static Reply Create(Call call)
    {
        var policy = call.Body(WireJson.Shared.AbacPolicy);
        var securable = Require(call, policy.OnSecurableType ?? "", policy.OnSecurableFullname ?? "");
        if (string.IsNullOrEmpty(policy.Name) || policy.ToPrincipals is null or { Count: 0 } || string.IsNullOrEmpty(policy.PolicyType))
        {
            throw Errors.InvalidParameter("Missing required field: name, policy_type or to_principals");
        }

        if (securable.AbacPolicies.Exists(known => known.Name == policy.Name))
        {
            throw new ApiException(400, "RESOURCE_ALREADY_EXISTS", $"Policy '{policy.Name}' already exists.");
        }

        securable.AbacPolicies.Add(policy);
        return Reply.Json(policy, WireJson.Shared.AbacPolicy);
    }

    private static Reply List(Call call)
    {
        var securable = Require(call, call.Parameter("on_securable_type"), call.Parameter("on_securable_fullname"));
        var policies = securable.AbacPolicies.OrderBy(policy => policy.Name, StringComparer.Ordinal);
        var page = Paging.List(
            call,
            after => policies.SkipWhile(policy => string.CompareOrdinal(policy.Name, after) <= 0),
            policy => policy.Name!,
            policy => policy);
        return Reply.Json(new AbacPolicyList(page.Items, page.Next), WireJson.Shared.AbacPolicyList);
    }

    private static Reply Remove(Call call)
    {
        var securable = Require(call, call.Parameter("on_securable_type"), call.Parameter("on_securable_fullname"));
        var name = call.Parameter("name");
        return securable.AbacPolicies.RemoveAll(policy => policy.Name == name) > 0
            ? Reply.Empty()
            : throw new ApiException(404, "RESOURCE_DOES_NOT_EXIST", $"Policy '{name}' does not exist.");
    }

    private static Securable Require(Call call, string type, string fullName)
    {
        if (!SecurableFamilies.TryParsePathType(type.ToLowerInvariant(), out var family)
            || family is not (SecurableFamily.Catalog or SecurableFamily.Schema or SecurableFamily.Table))
        {
            throw Errors.InvalidParameter("Policies are attached to catalogs, schemas and tables");
        }

        var securable = call.Workspace.Metastore.RequireForPermissions(family, fullName);
        call.Caller.RequireManage(securable);
        return securable;
    }
}

/// <summary>An attribute-based policy, as it was sent.</summary>
internal sealed record AbacPolicy(
    string? Name = null,
    string? OnSecurableType = null,
    string? OnSecurableFullname = null,
    string? ForSecurableType = null,
    string? PolicyType = null,
    IReadOnlyList<string>? ToPrincipals = null,
    IReadOnlyList<string>? ExceptPrincipals = null,
    string? WhenCondition = null,
    AbacGrant? Grant = null);

/// <summary>The grant of a policy of type GRANT.</summary>
internal sealed record AbacGrant(IReadOnlyList<string>? Privileges = null);

/// <summary>A page of them; an empty array is an absent one.</summary>
internal sealed record AbacPolicyList(IReadOnlyList<AbacPolicy>? Policies, string? NextPageToken);
