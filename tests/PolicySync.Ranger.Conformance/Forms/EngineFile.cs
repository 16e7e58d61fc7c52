using System.Text.Json.Nodes;

namespace PolicySync.Ranger.Conformance;

/// <summary>Reads the parts of an engine test file.</summary>
internal static class EngineFile
{
    // The day does not matter to any file, as long as it is the same one in every run.
    private static readonly DateTimeOffset Today = new(2026, 1, 15, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Ranger's own way, with the time zone that its test suite sets for schedules.</summary>
    public static EngineOptions Options { get; } = new()
    {
        UnknownConditions = UnknownConditions.AsRanger,
        RecurrenceZone = TimeZoneInfo.FindSystemTimeZoneById("America/Los_Angeles"),
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

    public static AccessRequest RequestOf(JsonNode request, RangerServiceDef def)
    {
        var context = request["context"];
        var tags = RequestTags.Read(context);
        return new AccessRequest
        {
            Resource = TestJson.Resource(request["resource"]),
            AccessType = request["accessType"].Text(),
            User = request["user"].Text(),
            UserGroups = request["userGroups"].Texts(),
            UserRoles = request["userRoles"].Texts(),
            AccessTime = request["accessTime"].Text() is { } time ? RangerDate.Parse(time) ?? Today : Today,
            Tags = tags,
            // Ranger's runner copies a request with tags, and leaves these out.
            IncludesDescendants = tags is null && request["resourceMatchingScope"].Text() == "SELF_OR_DESCENDANTS",
            ElementScopes = tags is not null ? null : request["resourceElementMatchingScopes"].Members()
                .ToDictionary(m => m.Key, m => ScopeOf(m.Value.Text())),
            Context = ContextOf(request, def),
            ClientAddress = ClientAddress.Of(request),
            AllAccessTypes = context?["ALLACCESSTYPES"].Texts() ?? [],
            AllAccessTypeGroups = [.. context?["ALLACCESSTYPEGROUPS"].Items().Select(g => g.Texts()) ?? []],
            IgnoreIfNotDenied = context?["IGNOREIFNOTDENIEDACCESSTYPES"].Texts() ?? [],
            IsAnyOfAll = context?["ISANYACCESS"].Flag() ?? false,
            IgnoresDescendantDeny = request["ignoreDescendantDeny"] is not { } ignores || ignores.Flag(),
        };
    }

    private static Dictionary<string, string> ContextOf(JsonNode request, RangerServiceDef def)
    {
        var context = request["context"].Members().Where(m => m.Value is JsonValue).ToDictionary(m => m.Key, m => m.Value.Text()!);
        foreach (var (name, value) in GeoLocation.Of(ClientAddress.Of(request), def))
        {
            context[name] = value;
        }

        return context;
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

    // A name that Ranger's enumeration does not have reads as the default, as Gson has it.
    private static ElementScope ScopeOf(string? name) => name switch
    {
        "SELF_OR_CHILD" => ElementScope.SelfOrChild,
        "SELF_OR_PREFIX" => ElementScope.SelfOrPrefix,
        _ => ElementScope.Self,
    };
}
