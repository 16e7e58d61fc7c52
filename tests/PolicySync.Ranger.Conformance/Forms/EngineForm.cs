using System.Text.Json.Nodes;

namespace PolicySync.Ranger.Conformance;

/// <summary>
/// <c>{serviceName, serviceDef, policies, …, tests: [{request, result | dataMaskResult | rowFilterResult}]}</c>: whole
/// requests against whole policy sets.
/// </summary>
internal static class EngineForm
{
    // The day does not matter to any file, as long as it is the same one in every run.
    private static readonly DateTimeOffset Today = new(2026, 1, 15, 12, 0, 0, TimeSpan.Zero);

    public static IEnumerable<ConformanceCase> Run(JsonNode root)
    {
        var missing = root["tagPolicyInfo"] is not null ? "tag policies" : root["securityZones"] is not null ? "security zones" : null;
        if (missing is not null)
        {
            return [.. root["tests"].Items().Select(t => ConformanceCase.Skip(t["name"].Text() ?? "?", $"needs {missing}"))];
        }

        var engine = RangerEngine.Compile(
            PoliciesOf(root),
            RolesOf(root),
            userStore: null,
            new EngineOptions { UnknownConditions = UnknownConditions.AsRanger });
        return [.. root["tests"].Items().Select(test => Run(test, engine))];
    }

    private static ConformanceCase Run(JsonNode test, RangerEngine engine)
    {
        var name = test["name"].Text() ?? "?";
        if (test["request"]?["forwardedAddresses"] is not null || name.Contains("clientIPAddress", StringComparison.Ordinal))
        {
            return ConformanceCase.Skip(name, "needs the country of an IP address, from a file that is not part of the suite");
        }

        return test["result"] is { } expected
            ? ConformanceCase.Compare(name, expected["isAllowed"].Flag(), engine.Evaluate(RequestOf(test["request"]!)).IsAllowed)
            : ConformanceCase.Skip(name, "asserts something other than access");
    }

    private static ServicePolicies PoliciesOf(JsonNode root) => new()
    {
        ServiceName = root["serviceName"].Text(),
        ServiceDef = root["serviceDef"]!.As<RangerServiceDef>(),
        Policies = root["policies"].AsOrNull<List<RangerPolicy>>() ?? [],
        ServiceConfig = ConfigOf(root),
    };

    private static Dictionary<string, string> ConfigOf(JsonNode root)
    {
        var config = root["serviceConfig"].AsOrNull<Dictionary<string, string>>() ?? [];
        Add("superUsers", "ranger.plugin.super.users");
        Add("superGroups", "ranger.plugin.super.groups");
        return config;

        void Add(string member, string key)
        {
            if (root[member] is JsonArray names)
            {
                config[key] = string.Join(',', names.Texts().Prepend(config.GetValueOrDefault(key) ?? ""));
            }
        }
    }

    // userRoles and groupRoles name the roles of a member; roleRoles the roles that contain one.
    private static RangerRoles RolesOf(JsonNode root)
    {
        var roles = new Dictionary<string, RangerRole>();
        Add("userRoles", role => role.Users);
        Add("groupRoles", role => role.Groups);
        Add("roleRoles", role => role.Roles);
        return new RangerRoles { Roles = [.. roles.Values] };

        void Add(string member, Func<RangerRole, List<RangerRoleMember>> members)
        {
            foreach (var (name, containers) in root[member].Members())
            {
                foreach (var container in containers.Texts())
                {
                    roles.TryAdd(container, new RangerRole { Name = container });
                    members(roles[container]).Add(new RangerRoleMember { Name = name });
                }
            }
        }
    }

    private static AccessRequest RequestOf(JsonNode request)
    {
        var context = request["context"];
        return new AccessRequest
        {
            Resource = TestJson.Resource(request["resource"]),
            AccessType = request["accessType"].Text(),
            User = request["user"].Text(),
            UserGroups = request["userGroups"].Texts(),
            UserRoles = request["userRoles"].Texts(),
            AccessTime = request["accessTime"].Text() is { } time ? RangerDate.Parse(time) ?? Today : Today,
            IncludesDescendants = request["resourceMatchingScope"].Text() == "SELF_OR_DESCENDANTS",
            ElementScopes = request["resourceElementMatchingScopes"].Members()
                .ToDictionary(m => m.Key, m => ScopeOf(m.Value.Text())),
            Context = context.Members()
                .Where(m => m.Value is JsonValue)
                .ToDictionary(m => m.Key, m => m.Value.Text()!),
            AllAccessTypes = context?["ALLACCESSTYPES"].Texts() ?? [],
            AllAccessTypeGroups = [.. context?["ALLACCESSTYPEGROUPS"].Items().Select(g => g.Texts()) ?? []],
            IgnoreIfNotDenied = context?["IGNOREIFNOTDENIEDACCESSTYPES"].Texts() ?? [],
            IsAnyOfAll = context?["ISANYACCESS"].Flag() ?? false,
            IgnoresDescendantDeny = request["ignoreDescendantDeny"] is not { } ignores || ignores.Flag(),
        };
    }

    // A name that Ranger's enumeration does not have reads as the default, as Gson has it.
    private static ElementScope ScopeOf(string? name) => name switch
    {
        "SELF_OR_CHILD" => ElementScope.SelfOrChild,
        "SELF_OR_PREFIX" => ElementScope.SelfOrPrefix,
        _ => ElementScope.Self,
    };
}
