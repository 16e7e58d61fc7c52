using System.Text.Json.Nodes;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.Zones;

namespace PolicySync.Ranger.Conformance;

/// <summary>Reads the parts of an engine test file.</summary>
internal static class EngineFile
{
    /// <summary>Ranger's own way, with the time zone and the further form of tag dates that its test suite sets.</summary>
    public static EngineOptions Options { get; } = new()
    {
        UnknownConditions = UnknownConditions.AsRanger,
        MachineZone = TimeZoneInfo.FindSystemTimeZoneById("America/Los_Angeles"),
        TagDateForms = ["yyyy/MM/dd'T'HH:mm:ss.SSS'Z'"],
    };

    public static ServicePolicies PoliciesOf(JsonNode root) => new()
    {
        ServiceName = root["serviceName"].Text(),
        ServiceDef = root["serviceDef"]!.As<RangerServiceDef>(),
        Policies = root["policies"].AsOrNull<List<RangerPolicy>>() ?? [],
        SecurityZones = root["securityZones"].AsOrNull<Dictionary<string, SecurityZoneInfo>>() ?? [],
        ServiceConfig = ConfigOf(root),
        TagPolicies = root["tagPolicyInfo"] is { } tags
            ? new TagPolicies
            {
                ServiceName = tags["serviceName"].Text(),
                ServiceDef = tags["serviceDef"].AsOrNull<RangerServiceDef>(),
                Policies = tags["tagPolicies"].AsOrNull<List<RangerPolicy>>(),
            }
            : null,
    };

    // userRoles and groupRoles name the roles of a member; roleRoles the roles that contain one.
    public static RangerRoles RolesOf(JsonNode root)
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

    public static RangerUserStore? UserStoreOf(JsonNode test) =>
        test["userAttributes"] is null && test["groupAttributes"] is null ? null : new RangerUserStore
        {
            UserAttrMapping = test["userAttributes"].AsOrNull<Dictionary<string, Dictionary<string, string>>>() ?? [],
            GroupAttrMapping = test["groupAttributes"].AsOrNull<Dictionary<string, Dictionary<string, string>>>() ?? [],
        };

    /// <summary>The tests of a stage: of the file itself, or of what follows its deltas.</summary>
    public static IEnumerable<JsonNode> TestsOf(JsonNode stage) =>
        (stage.Member("tests") ?? stage.Member("testsInfo").Member("tests") ?? stage.Member("testsInfo") ?? stage).Items();

    /// <summary>The deltas that follow a stage, and the stage after them; null when nothing follows.</summary>
    public static (ServicePolicies? Deltas, JsonNode? Next) UpdateOf(JsonNode stage)
    {
        // Older files have the deltas alone where newer ones have zones beside them.
        var updates = stage.Member("updatedPolicies") is JsonArray deltas
            ? new JsonObject { ["policyDeltas"] = deltas.DeepClone() }
            : stage.Member("updatedPolicies");
        return updates is null ? (null, null)
            : (updates.As<ServicePolicies>(), stage.Member("updatedTestsInfo") ?? stage.Member("updatedTests"));
    }

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
}
