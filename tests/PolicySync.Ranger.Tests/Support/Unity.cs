using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.ServiceDefs;

namespace PolicySync.Ranger.Tests;

/// <summary>A small service of the shape of Unity Catalog, and short ways to write policies for it.</summary>
internal static class Unity
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static RangerServiceDef Service() => new()
    {
        Name = "uc",
        Resources =
        [
            Level("catalog", "", isLeaf: true),
            Level("schema", "catalog", isLeaf: true),
            Level("table", "schema", isLeaf: true),
            Level("column", "table", isLeaf: false),
            Level("volume", "schema", isLeaf: false),
        ],
        AccessTypes =
        [
            new() { Name = "select" },
            new() { Name = "modify" },
            new() { Name = "manage" },
            new() { Name = "write", ImpliedGrants = ["modify"] },
            new() { Name = "all_privileges", ImpliedGrants = ["select", "write"] },
        ],
        PolicyConditions = [new() { Name = "ip-range", Evaluator = "org.example.NoSuchEvaluator" }],
        DataMaskDef = new() { Resources = [new() { Name = "catalog" }, new() { Name = "schema" }, new() { Name = "table" }, new() { Name = "column" }] },
        RowFilterDef = new() { Resources = [new() { Name = "catalog" }, new() { Name = "schema" }, new() { Name = "table" }] },
    };

    /// <summary>Resources from text: <c>catalog=main;schema=!tmp*;table=a,b</c>, where <c>!</c> excludes.</summary>
    public static Dictionary<string, RangerPolicyResource> Resources(string text) =>
        text.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('=', 2)).ToDictionary(
            pair => pair[0],
            pair => new RangerPolicyResource
            {
                Values = [.. pair[1].TrimStart('!').Split(',', StringSplitOptions.RemoveEmptyEntries)],
                IsExcludes = pair[1].StartsWith('!'),
            });

    public static RangerResource Resource(string text, string? owner = null) => new(
        text.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('=', 2)).ToDictionary(p => p[0], p => p[1]),
        owner);

    public static RangerPolicy Policy(long id, string resources, Action<RangerPolicy>? change = null)
    {
        var policy = new RangerPolicy { Id = id, Name = $"p{id}", Resources = Resources(resources) };
        change?.Invoke(policy);
        return policy;
    }

    /// <summary>An item: access types, then principals: <c>ann</c> a user, <c>@staff</c> a group, <c>#admins</c> a role.</summary>
    public static RangerPolicyItem Item(string accesses, string principals, params RangerCondition[] conditions)
    {
        var names = principals.Split(',', StringSplitOptions.RemoveEmptyEntries);
        return new RangerPolicyItem
        {
            Accesses = [.. accesses.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(a => new RangerAccess { Type = a })],
            Users = [.. names.Where(n => n[0] is not ('@' or '#'))],
            Groups = [.. names.Where(n => n[0] == '@').Select(n => n[1..])],
            Roles = [.. names.Where(n => n[0] == '#').Select(n => n[1..])],
            Conditions = [.. conditions],
        };
    }

    public static RangerEngine Engine(params RangerPolicy[] policies) => Engine(UnknownConditions.AgainstAccess, policies);

    public static RangerEngine Engine(UnknownConditions unknown, params RangerPolicy[] policies) => RangerEngine.Compile(
        new ServicePolicies { ServiceDef = Service(), Policies = [.. policies] },
        roles: null,
        userStore: null,
        new EngineOptions { UnknownConditions = unknown });

    public static Subject User(string name, params string[] groups) =>
        new(name, groups.ToHashSet(), new HashSet<string>());

    public static AccessVerdict Ask(this RangerEngine engine, string resource, Subject subject, string access) =>
        engine.ViewOf(Resource(resource), Now).Evaluate(subject, access).Verdict;

    private static RangerResourceDef Level(string name, string parent, bool isLeaf) => new()
    {
        Name = name,
        Parent = parent,
        IsValidLeaf = isLeaf,
        Matcher = "org.apache.ranger.plugin.resourcematcher.RangerDefaultResourceMatcher",
    };
}
