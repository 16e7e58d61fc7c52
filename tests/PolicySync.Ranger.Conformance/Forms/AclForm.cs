using System.Text.Json.Nodes;
using PolicySync.Ranger.Conformance.Acls;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.Text;

namespace PolicySync.Ranger.Conformance;

/// <summary>
/// <c>{testCases: [{servicePolicies, tests: [{resource, userPermissions, groupPermissions, rolePermissions, rowFilters,
/// dataMasks}]}]}</c>: ACLs. Results and finality are compared, and the policy where the file names one; Ranger's own runner
/// then compares nothing else. A permission may also be a word, <c>ALLOWED</c>, <c>NOT_ALLOWED</c> or
/// <c>CONDITIONAL_ALLOWED</c>, which says the result alone and names the access without case.
/// </summary>
internal static class AclForm
{
    public static IEnumerable<ConformanceCase> Run(JsonNode root, SuiteFolder folder)
    {
        foreach (var testCase in root["testCases"].Items())
        {
            var policies = testCase["servicePolicies"]!.As<ServicePolicies>();
            var engine = RangerEngine.Compile(
                policies, roles: null, userStore: null, ServiceTagsFile.For(policies, folder), EngineFile.Options);
            foreach (var test in testCase["tests"].Items())
            {
                var name = $"{testCase["name"].Text()} / {test["name"].Text()}";
                yield return ConformanceCase.Guard(name, () => Run(name, test, engine));
            }
        }
    }

    private static ConformanceCase Run(string name, JsonNode test, RangerEngine engine)
    {
        // Ranger's runner asks without a time, which is now.
        var acls = engine.AclsOf(
            TestJson.Resource(test["resource"]), TimeProvider.System.GetUtcNow(), test["resourceMatchingScope"].Text() == "SELF_OR_DESCENDANTS");
        return ConformanceCase.Compare(name, string.Join('\n', Expected(test)), string.Join('\n', Actual(acls, test)));
    }

    private static IEnumerable<string> Expected(JsonNode test) =>
    [
        .. Expected("user", test["userPermissions"]),
        .. Expected("group", test["groupPermissions"]),
        .. Expected("role", test["rolePermissions"]),
        .. test["dataMasks"].Items().Select(m => Item(m, m["maskInfo"].AsOrNull<DataMaskInfo>(), null)),
        .. test["rowFilters"].Items().Select(f => Item(f, null, f["filterInfo"].AsOrNull<RowFilterInfo>())),
    ];

    private static IEnumerable<string> Actual(ResourceAcls acls, JsonNode test) =>
    [
        .. Actual("user", acls.Users, test["userPermissions"]),
        .. Actual("group", acls.Groups, test["groupPermissions"]),
        .. Actual("role", acls.Roles, test["rolePermissions"]),
        .. acls.DataMasks.Concat(acls.RowFilters).Select(i => Item(i.Users, i.Groups, i.Roles, i.AccessTypes, i.DataMask, i.RowFilter, i.IsConditional)),
    ];

    private static IEnumerable<string> Expected(string kind, JsonNode? permissions) =>
        permissions.Members()
            .SelectMany(p => p.Value.Members().Select(a => a.Value is JsonValue word
                ? $"{kind} {p.Key} {JavaText.Fold(a.Key)} {ResultOf(word.Text()!)}"
                : $"{kind} {p.Key} {a.Key} {a.Value?["result"].Text()} {a.Value?["isFinal"].Flag()} {a.Value?["policy"]?["id"].Text()}"))
            .Order(StringComparer.Ordinal);

    private static IEnumerable<string> Actual(
        string kind, IReadOnlyDictionary<string, IReadOnlyDictionary<string, AclEntry>> permissions, JsonNode? expected) =>
        permissions
            .SelectMany(p => p.Value.Select(a =>
            {
                if (expected.Member(p.Key).Members().Any(m => m.Value is JsonValue && JavaText.EqualsIgnoringCase(m.Key, a.Key)))
                {
                    return $"{kind} {p.Key} {JavaText.Fold(a.Key)} {(int)a.Value.Result}";
                }

                var isNamed = expected.Member(p.Key).Member(a.Key).Member("policy") is not null;
                return $"{kind} {p.Key} {a.Key} {(int)a.Value.Result} {a.Value.IsFinal} {(isNamed ? a.Value.Policy.Id : null)}";
            }))
            .Order(StringComparer.Ordinal);

    private static int ResultOf(string word) => word switch
    {
        "ALLOWED" => (int)AclAccess.Allowed,
        "NOT_ALLOWED" => (int)AclAccess.Denied,
        "CONDITIONAL_ALLOWED" => (int)AclAccess.Conditional,
        _ => throw new FormatException($"`{word}` is no permission"),
    };

    private static string Item(JsonNode item, DataMaskInfo? mask, RowFilterInfo? filter) => Item(
        item["users"].Texts(),
        item["groups"].Texts(),
        item["roles"].Texts(),
        item["accessTypes"].Texts(),
        mask,
        filter,
        item["isConditional"].Flag());

    private static string Item(
        IEnumerable<string> users,
        IEnumerable<string> groups,
        IEnumerable<string> roles,
        IEnumerable<string> accesses,
        DataMaskInfo? mask,
        RowFilterInfo? filter,
        bool isConditional) =>
        $"users {Names(users)} groups {Names(groups)} roles {Names(roles)} accesses {Names(accesses)} "
        + $"mask {mask?.DataMaskType} {mask?.ConditionExpr} {mask?.ValueExpr} filter {filter?.FilterExpr} {isConditional}";

    private static string Names(IEnumerable<string> names) => string.Join(',', names.Order(StringComparer.Ordinal));
}
