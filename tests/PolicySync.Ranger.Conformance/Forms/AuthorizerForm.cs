using System.Text.Json.Nodes;
using PolicySync.Ranger.Conformance.Acls;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;

namespace PolicySync.Ranger.Conformance;

/// <summary>
/// <c>[{resource: {name}, context: {serviceName}, permissions: {users, groups, roles}}]</c>: what Ranger's authorizer says of
/// a resource, which is its ACL in another dress. Policies, roles and tags lie beside the file, named after the service as
/// Ranger's plugins name what they keep: <c>hive_dev_hive.json</c>, <c>hive_dev_hive_roles.json</c>, <c>hive_dev_hive_tag.json</c>.
/// </summary>
internal static class AuthorizerForm
{
    public static IEnumerable<ConformanceCase> Run(JsonNode root, SuiteFolder folder)
    {
        var engines = new Dictionary<string, RangerEngine>(StringComparer.Ordinal);
        foreach (var test in root.Items())
        {
            var resource = test["resource"].Member("name").Text() ?? "?";
            var service = test["context"].Member("serviceName").Text() ?? "";
            var name = $"{service} {resource}";
            yield return ConformanceCase.Guard(name, () =>
            {
                if (!engines.TryGetValue(service, out var engine))
                {
                    engines[service] = engine = Compile(service, folder);
                }

                var compared = ConformanceCase.Compare(
                    name, string.Join('\n', Expected(test["permissions"])), string.Join('\n', Actual(engine, resource, test["permissions"])));
                return compared.Status == CaseStatus.Failed && folder.FindBeside($"*{service}_gds.json") is not null
                    ? ConformanceCase.Skip(name, "depends on data shares, which the engine does not read")
                    : compared;
            });
        }
    }

    private static RangerEngine Compile(string service, SuiteFolder folder)
    {
        var policies = folder.FindBeside($"*_{service}.json") ?? folder.FindBeside($"{service}.json")
            ?? throw new MissingSupportFileException($"*_{service}.json");
        return RangerEngine.Compile(
            TestJson.Read(policies).As<ServicePolicies>(),
            Read<RangerRoles>($"*{service}_roles.json"),
            userStore: null,
            Read<ServiceTags>($"*{service}_tag.json"),
            EngineFile.Options);

        T? Read<T>(string pattern)
            where T : class => folder.FindBeside(pattern) is { } file ? TestJson.Read(file).As<T>() : null;
    }

    private static IEnumerable<string> Expected(JsonNode? permissions) => Kinds(permissions, (kind, named) => named.Members()
        .SelectMany(principal => principal.Value.Members().Select(access =>
        {
            var said = access.Value.Member("access");
            return $"{kind} {principal.Key} {access.Key} {said.Member("decision").Text()} {said.Member("policy").Member("id").Text()}";
        })));

    private static IEnumerable<string> Actual(RangerEngine engine, string resource, JsonNode? permissions)
    {
        var acls = engine.AclsOf(ResourceOf(engine.ServiceDef, resource), TimeProvider.System.GetUtcNow());
        return Kinds(permissions, (kind, named) => (kind switch { "users" => acls.Users, "groups" => acls.Groups, _ => acls.Roles })
            .SelectMany(principal => principal.Value.Select(access =>
            {
                var hasId = named.Member(principal.Key).Member(access.Key).Member("access").Member("policy") is not null;
                return $"{kind} {principal.Key} {access.Key} {DecisionOf(access.Value.Result)} {(hasId ? access.Value.Policy.Id : null)}";
            })));
    }

    private static IEnumerable<string> Kinds(JsonNode? permissions, Func<string, JsonNode?, IEnumerable<string>> lines) =>
        new[] { "users", "groups", "roles" }.SelectMany(kind => lines(kind, permissions.Member(kind))).Order(StringComparer.Ordinal);

    private static string DecisionOf(AclAccess access) => access switch
    {
        AclAccess.Allowed => "ALLOW",
        AclAccess.Denied => "DENY",
        _ => "CONDITIONAL",
    };

    // "table:db.t" names a level, and the values of it and of all above; the last takes what is left.
    private static RangerResource ResourceOf(RangerServiceDef def, string name)
    {
        var (level, text) = name.Split(':', 2) is [var before, var after] ? (before, after) : throw new FormatException($"`{name}` names no level");
        var path = new Stack<string>();
        for (var at = def.Resources.Find(r => r.Name == level); at is not null; at = def.Resources.Find(r => r.Name == at.Parent))
        {
            path.Push(at.Name!);
        }

        var separator = def.Options.GetValueOrDefault("rrnResourceSepChar") is { Length: > 0 } option ? option[0] : '/';
        return new RangerResource(path.Zip(text.Split(separator, path.Count)).ToDictionary(pair => pair.First, pair => pair.Second));
    }
}
