using System.Text;
using System.Text.Json.Nodes;
using PolicySync.Core.Errors;
using PolicySync.Core.Policies;
using PolicySync.Ranger.Json;

namespace PolicySync.Core.Tests.Policies;

/// <summary>
/// Each part of the policy input can be lost, and what it kept closed would lie open: a version that lost too much of any
/// of them is held, whatever the others hold.
/// </summary>
public sealed class ShrunkenInputTests
{
    private static readonly string Whole = Definition();

    public static TheoryData<string, string, string> Losses() => new()
    {
        { "tags: {}", "tags", "resources with tags" },
        { """tags: {"serviceName":"uc","tagVersion":2}""", "tags", "resources with tags" },
        { "tags: -", "tags", "documents" },
        { "tags.serviceResources: []", "tags", "resources with tags" },
        { "tags.resourceToTagIds: {}", "tags", "resources with tags" },
        { "tags.tags: {}", "tags", "resources with tags" },
        { "tags.serviceResources[*].id: -", "tags", "resources with tags" },
        { "tags.serviceResources[*].resourceElements: {}", "tags", "resources with tags" },
        { "tags.tags[*].type: -", "tags", "resources with tags" },
        { "tags.tags.1.type: \"OTHER\"", "tags", "resources with tag `PII`" },
        { "policies.tagPolicies: -", "tag policies", "no tag service" },
        { "policies.tagPolicies.policies: []", "tag policies", "enabled tag policies" },
        { "policies.tagPolicies.policies: -", "tag policies", "enabled tag policies" },
        { "policies.tagPolicies.policies[*].isEnabled: false", "tag policies", "enabled tag policies" },
        { "policies.tagPolicies.policies[*].denyPolicyItems: []", "tag policies", "policies with denials" },
        { "policies.tagPolicies.serviceDef: -", "definition of the tag service", "access types of this service" },
        { "policies.securityZones: {}", "security zones", "zones" },
        { "policies.securityZones: -", "security zones", "zones" },
        { "policies.securityZones.finance.resources: []", "security zones", "resources of zones" },
        { "policies.securityZones.finance.policies: []", "security zones", "enabled policies of zones" },
        { "policies.securityZones.finance.policies: -", "security zones", "enabled policies of zones" },
        { "roles: {}", "roles", "roles" },
        { """roles: {"serviceName":"uc","roleVersion":2}""", "roles", "roles" },
        { "roles: -", "roles", "documents" },
        { "roles.rangerRoles[*].users: []", "roles", "members of role `blocked`" },
        { "roles.rangerRoles[*].name: -", "roles", "roles" },
        { "roles.rangerRoles.0.name: \"renamed\"", "roles", "members of role `blocked`" },
        { "userstore: {}", "user store", "users with groups" },
        { """userstore: {"userStoreVersion":2}""", "user store", "users with groups" },
        { "userstore: -", "user store", "documents" },
        { "userstore.userGroupMapping[*]: []", "user store", "memberships" },
        { "policies.policies[*].denyPolicyItems: []", "policies", "policies with denials" },
        { "policies.policies[*].rowFilterPolicyItems[*].groups: []", "policies", "policies with row filters" },
        { "policies.policies[*].denyPolicyItems[*].accesses: []", "policies", "policies with denials" },
        { "policies.policies[*].denyExceptions: []", "policies", "policies with deny exceptions" },
        { "policies.policies[*].allowExceptions: []", "policies", "policies with allow exceptions" },
        { "policies.policies[*].dataMaskPolicyItems: []", "policies", "policies with masks" },
        { "policies.policies[*].dataMaskPolicyItems[*].dataMaskInfo: -", "policies", "policies with masks" },
        { "policies.policies[*].dataMaskPolicyItems[*].dataMaskInfo.dataMaskType: \"MASK_NONE\"", "policies", "policies with masks" },
        { "policies.policies[*].rowFilterPolicyItems[*].rowFilterInfo.filterExpr: \"\"", "policies", "policies with row filters" },
        { "policies.policies[*].rowFilterPolicyItems[*].rowFilterInfo: -", "policies", "policies with row filters" },
        { "policies.serviceDef.accessTypes: []", "service definition", "policies with denials that it lets count" },
        { "policies.serviceDef.accessTypes.0.name: \"read\"", "service definition", "policies with denials that it lets count" },
        { "policies.serviceDef.resources.1.name: \"tables\"", "service definition", "policies with denials that it lets count" },
        { "policies.serviceDef.dataMaskDef: -", "service definition", "policies with masks that it lets count" },
        { "policies.serviceDef.dataMaskDef.resources: []", "service definition", "policies with masks that it lets count" },
        { "policies.serviceDef.rowFilterDef: -", "service definition", "policies with row filters that it lets count" },
        { """policies.serviceDef.options: {"enableDenyAndExceptionsInPolicies":"false"}""", "service definition", "policies with denials that it lets count" },
        { """policies.serviceDef.name: "other" """, "tag policies", "policies with denials" },
    };

    public static TheoryData<string> SmallChanges() => new()
    {
        "tags.serviceResources.0: -", "tags.tags.1.attributes: {}", "policies.policies.last(mask): -", "policies.policies.last(deny): -",
        "policies.policies.last(filter): -", "policies.tagPolicies.policies.0: -", "roles.rangerRoles.2: -", "roles.rangerRoles.0.users.0: -",
        "userstore.userGroupMapping.u0: -", "userstore.userGroupMapping.u1: []", "policies.securityZones.hr: -", "policies.serviceDef.accessTypes.2: -",
        "policies.securityZones.finance.policies.0: -", "policies.policies[*].description: \"new\"",
    };

    [Theory]
    [MemberData(nameof(Losses))]
    public void A_version_that_lost_a_part_is_held_and_names_it(string change, string part, string what)
    {
        var last = PolicyGate.Accept(Download("whole", ""), null, null);

        var refusal = Assert.Throws<SyncException>(() => PolicyGate.Accept(Download("lost", change), last, allowShrink: null));

        Assert.Equal(SyncErrorCode.PoliciesShrank, refusal.Code);
        Assert.Contains($"{part}: ", refusal.Message);
        Assert.Contains(what, refusal.Message);
        Assert.EndsWith("set PolicySync:Policies:AllowShrink to 7 if that is meant", refusal.Message);
        Assert.Equal("lost", PolicyGate.Accept(Download("lost", change), last, allowShrink: 7).Stamp);
    }

    [Theory]
    [MemberData(nameof(SmallChanges))]
    public void A_version_with_a_small_change_serves(string change)
    {
        var last = PolicyGate.Accept(Download("whole", ""), null, null);

        Assert.Equal("changed", PolicyGate.Accept(Download("changed", change), last, allowShrink: null).Stamp);
    }

    [Theory]
    [InlineData(12, 11)]
    [InlineData(12, 6)]
    [InlineData(3, 1)] // two at once
    [InlineData(1, 0)] // the last one, taken away by its owner
    public void Masks_that_go_one_by_one_or_by_half_go_through(int before, int now) =>
        Assert.Equal("changed", PolicyGate.Accept(Masks("changed", now), PolicyGate.Accept(Masks("whole", before), null, null), null).Stamp);

    [Theory]
    [InlineData(12, 5)]
    [InlineData(12, 0)]
    [InlineData(4, 1)]
    [InlineData(2, 0)]
    public void Masks_that_go_at_once_are_held(int before, int now) => Assert.Contains(
        $"policies: {now} policies with masks where version 7 held {before}",
        Assert.Throws<SyncException>(() => PolicyGate.Accept(Masks("lost", now), PolicyGate.Accept(Masks("whole", before), null, null), null)).Message);

    [Fact]
    public void Denials_that_keep_their_number_but_no_longer_name_most_whom_they_named_are_held()
    {
        var last = PolicyGate.Accept(Named("whole", 20), null, null);

        Assert.Contains("accesses of named principals", Assert.Throws<SyncException>(() => PolicyGate.Accept(Named("lost", 1), last, null)).Message);
        Assert.Equal("less", PolicyGate.Accept(Named("less", 12), last, null).Stamp);

        static PolicyDownload Named(string stamp, int groups) => Parse(stamp, Set(policies: [.. Enumerable.Range(0, 3).Select(n =>
            Policy($"deny {n}", 0, $$""" "denyPolicyItems":[{"groups":[{{string.Join(',', Enumerable.Range(0, groups).Select(g => $"\"g{g}\""))}}],"accesses":[{"type":"select"}]}] """))]));
    }

    [Fact]
    public void What_an_earlier_build_accepted_is_judged_by_what_it_counted()
    {
        var old = new PolicyBaseline(6, "old", 5, 2);

        Assert.Equal("whole", PolicyGate.Accept(Download("whole", ""), old, null).Stamp);
        Assert.Throws<SyncException>(() => PolicyGate.Accept(Download("lost", "policies.tagPolicies: -"), old, null));
    }

    [Fact]
    public void Parts_that_never_were_there_are_not_missed()
    {
        var bare = Parse("bare", Set(policies: [Policy("p", 0, Allow)]));
        var last = PolicyGate.Accept(bare, null, null);

        Assert.Equal("next", PolicyGate.Accept(bare with { Stamp = "next" }, last, null).Stamp);
    }

    private const string Allow = """ "policyItems":[{"groups":["staff"],"accesses":[{"type":"select"}]}] """;
    private const string Deny = """ "denyPolicyItems":[{"groups":["contractors"],"roles":["blocked"],"accesses":[{"type":"select"}]}],"denyExceptions":[{"users":["u0"],"accesses":[{"type":"select"}]}],"allowExceptions":[{"users":["u1"],"accesses":[{"type":"select"}]}] """;
    private const string Mask = """ "dataMaskPolicyItems":[{"groups":["contractors"],"accesses":[{"type":"select"}],"dataMaskInfo":{"dataMaskType":"MASK"}}] """;
    private const string Filter = """ "rowFilterPolicyItems":[{"groups":["contractors"],"accesses":[{"type":"select"}],"rowFilterInfo":{"filterExpr":"a = 1"}}] """;

    private static PolicyDownload Masks(string stamp, int masks) => Parse(stamp, Set(policies:
        [.. Enumerable.Range(0, 13).Select(n => Policy($"p{n}", 0, Allow)), .. Enumerable.Range(0, masks).Select(n => Policy($"m{n}", 1, Mask))]));

    private static PolicyDownload Download(string stamp, string change) => Parse(stamp, Changed(Set(
        policies:
        [
            .. Enumerable.Range(0, 12).Select(n => Policy($"allow {n}", 0, Allow)), .. Enumerable.Range(0, 3).Select(n => Policy($"deny {n}", 0, Deny)),
            .. Enumerable.Range(0, 3).Select(n => Policy($"mask {n}", 1, Mask)), .. Enumerable.Range(0, 3).Select(n => Policy($"filter {n}", 2, Filter)),
        ],
        tagPolicies:
        [
            .. new[] { "PII", "SECRET", "OLD" }.Select(tag => $$$"""{"name":"{{{tag}}}","resources":{"tag":{"values":["{{{tag}}}"]}},"denyPolicyItems":[{"groups":["contractors"],"accesses":[{"type":"uc:select"}]}]}"""),
        ],
        zones: $$$"""{"finance":{"resources":[{"catalog":["f"]},{"catalog":["g"]}],"policies":[{{{Policy("z1", 0, Deny)}}},{{{Policy("z2", 2, Filter)}}}]},"hr":{"resources":[{"catalog":["h"]}],"policies":[]}}""",
        roles: """{"roleVersion":1,"rangerRoles":[{"name":"blocked","users":[{"name":"u0"},{"name":"u1"},{"name":"u2"}]},{"name":"r1","users":[{"name":"a"}]},{"name":"r2","users":[{"name":"a"}]}]}""",
        userStore: """{"userStoreVersion":1,"userGroupMapping":{"u0":["contractors"],"u1":["contractors","staff"],"u2":["contractors","staff"],"u3":["staff"]}}""",
        tags: $$$"""
            {"serviceName":"uc","tagVersion":1,"tags":{"1":{"type":"PII","attributes":{"a":"b"}},"2":{"type":"SECRET"}},
             "serviceResources":[{{{string.Join(',', Enumerable.Range(1, 6).Select(n => $$$"""{"id":{{{n}}},"resourceElements":{"catalog":{"values":["c"]},"table":{"values":["t{{{n}}}"]}} }"""))}}}],
             "resourceToTagIds":{"1":[1],"2":[1],"3":[1],"4":[2],"5":[2],"6":[2]}}
            """), change));

    private static string Policy(string name, int type, string items) =>
        $$$"""{"name":"{{{name}}}","policyType":{{{type}}},"resources":{"catalog":{"values":["c"]},"table":{"values":["{{{name}}}"]}},{{{items}}}}""";

    private static string Definition() =>
        """
        {"name":"uc","resources":[{"name":"catalog","level":1},{"name":"table","level":2,"parent":"catalog"}],
         "accessTypes":[{"name":"select"},{"name":"modify"},{"name":"browse"},{"name":"manage"}],
         "dataMaskDef":{"maskTypes":[{"name":"MASK"}],"accessTypes":[{"name":"select"}],"resources":[{"name":"catalog"},{"name":"table"}]},
         "rowFilterDef":{"accessTypes":[{"name":"select"}],"resources":[{"name":"catalog"},{"name":"table"}]}}
        """;

    private static JsonObject Set(
        IReadOnlyList<string> policies, IReadOnlyList<string>? tagPolicies = null, string? zones = null, string? roles = null, string? userStore = null, string? tags = null)
    {
        var set = JsonNode.Parse($$$"""{"policies":{"serviceName":"uc","policyVersion":7,"serviceDef":{{{Whole}}},"policies":[{{{string.Join(',', policies)}}}]}}""")!.AsObject();
        if (tagPolicies is not null)
        {
            set["policies"]!["tagPolicies"] = JsonNode.Parse(
                $$"""{"serviceName":"tags","serviceDef":{"name":"tag","resources":[{"name":"tag"}],"accessTypes":[{"name":"uc:select"},{"name":"uc:modify"}]},"policies":[{{string.Join(',', tagPolicies)}}]}""");
        }

        set["policies"]!["securityZones"] = JsonNode.Parse(zones ?? "{}");
        foreach (var (name, text) in new[] { ("roles", roles), ("userstore", userStore), ("tags", tags) })
        {
            if (text is not null)
            {
                set[name] = JsonNode.Parse(text);
            }
        }

        return set;
    }

    // `a.b[*].c: value` sets, `a.b: -` takes away; `[*]` is every element; `last(x)` is the last policy whose name holds x.
    private static JsonObject Changed(JsonObject set, string change)
    {
        if (change.Length > 0)
        {
            var split = change.IndexOf(": ", StringComparison.Ordinal);
            Apply(set, change[..split].Replace("[*]", ".[*]", StringComparison.Ordinal).Split('.'), change[(split + 2)..]);
        }

        return set;
    }

    private static void Apply(JsonNode node, string[] path, string value)
    {
        var keys = path[0] == "[*]" ? (node is JsonObject map ? [.. map.Select(pair => pair.Key)] : Enumerable.Range(0, node.AsArray().Count).Select(n => $"{n}").ToArray())
            : path[0].StartsWith("last(", StringComparison.Ordinal)
                ? [$"{node.AsArray().Count - 1 - node.AsArray().Reverse().ToList().FindIndex(p => p!["name"]!.ToString().Contains(path[0]["last(".Length..^1], StringComparison.Ordinal))}"]
            : new[] { path[0] };
        foreach (var key in keys)
        {
            if (path.Length > 1)
            {
                if ((node is JsonObject o ? o[key] : node[int.Parse(key)]) is { } inner)
                {
                    Apply(inner, path[1..], value);
                }
            }
            else if (node is JsonObject parent)
            {
                parent.Remove(key);
                if (value != "-")
                {
                    parent[key] = JsonNode.Parse(value);
                }
            }
            else if (value == "-")
            {
                node.AsArray().RemoveAt(int.Parse(key));
            }
            else
            {
                node.AsArray()[int.Parse(key)] = JsonNode.Parse(value);
            }
        }
    }

    private static PolicyDownload Parse(string stamp, JsonObject set) => new(
        stamp,
        RangerJson.ReadServicePolicies(Bytes(set["policies"]!)),
        set["roles"] is { } roles ? RangerJson.ReadRoles(Bytes(roles)) : null,
        set["userstore"] is { } users ? RangerJson.ReadUserStore(Bytes(users)) : null,
        set["tags"] is { } tags ? RangerJson.ReadTags(Bytes(tags)) : null);

    private static byte[] Bytes(JsonNode node) => Encoding.UTF8.GetBytes(node.ToJsonString());
}
