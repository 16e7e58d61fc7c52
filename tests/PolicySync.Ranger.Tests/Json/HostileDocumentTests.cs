using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PolicySync.Ranger.Conformance.Acls;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Json;
using PolicySync.Ranger.Model;
using static PolicySync.Ranger.Tests.Unity;

namespace PolicySync.Ranger.Tests;

/// <summary>
/// Documents with a part exchanged for something else: they are refused as what they are, or they can be read, compiled and
/// asked like any other. Nothing else may happen.
/// </summary>
public class HostileDocumentTests
{
    internal const string Policies = """
        {"serviceName":"uc","policyVersion":3,"policyUpdateTime":1768467600000,"serviceConfig":{"ranger.plugin.super.users":"root"},
         "policies":[
          {"id":1,"guid":"g","name":"p","policyType":0,"policyPriority":0,"isEnabled":true,"isDenyAllElse":false,"zoneName":"",
           "resources":{"catalog":{"values":["m*"],"isExcludes":false,"isRecursive":false},"schema":{"values":["{USER}","${{USER.x}}"]}},
           "additionalResources":[{"catalog":{"values":["other"]}}],
           "conditions":[{"type":"script","values":["TAG.level == 'high'"]}],
           "policyItems":[{"accesses":[{"type":"select","isAllowed":true}],"users":["ann"],"groups":["public"],"roles":["r"],
                           "conditions":[{"type":"ip-range","values":["1.2.*"]}],"delegateAdmin":true}],
           "denyPolicyItems":[{"accesses":[{"type":"all","isAllowed":true}],"users":["bob"]}],
           "allowExceptions":[{"accesses":[{"type":"select"}],"groups":["g"]}],"denyExceptions":[{"accesses":[{"type":"select"}],"users":["bob"]}],
           "validitySchedules":[{"startTime":"2026/01/01 00:00:00","endTime":"2027/01/01 00:00:00","timeZone":"UTC",
             "recurrences":[{"schedule":{"minute":"0","hour":"*","dayOfMonth":"1","dayOfWeek":"","month":"*","year":"*"},"interval":{"days":1,"hours":2,"minutes":3}}]}]},
          {"id":2,"policyType":1,"resources":{"catalog":{"values":["main"]},"schema":{"values":["s"]}},
           "dataMaskPolicyItems":[{"accesses":[{"type":"select"}],"users":["ann"],"dataMaskInfo":{"dataMaskType":"MASK","valueExpr":"x"}}]},
          {"id":3,"policyType":2,"resources":{"catalog":{"values":["main"]}},
           "rowFilterPolicyItems":[{"accesses":[{"type":"select"}],"users":["ann"],"rowFilterInfo":{"filterExpr":"a = ${{USER.x}}"}}]}],
         "securityZones":{"z":{"zoneName":"z","resources":[{"catalog":["zoned"]}],"policies":[],"containsAssociatedTagService":true}},
         "tagPolicies":{"serviceName":"t","serviceDef":{"name":"tag","resources":[{"name":"tag","level":1}],"accessTypes":[{"name":"uc:select"}]},
           "policies":[{"id":9,"resources":{"tag":{"values":["PII"]}},"denyPolicyItems":[{"accesses":[{"type":"uc:select"}],"users":["eve"]}]}]},
         "serviceDef":{"name":"uc","options":{"enableDenyAndExceptionsInPolicies":"true"},
           "resources":[{"name":"catalog","level":1,"parent":"","matcher":"a.RangerDefaultResourceMatcher","matcherOptions":{"wildCard":"true","ignoreCase":true},"isValidLeaf":true},
                        {"name":"schema","level":2,"parent":"catalog","isValidLeaf":true}],
           "accessTypes":[{"name":"select","category":"READ","impliedGrants":[]},{"name":"all","impliedGrants":["select"]}],
           "markerAccessTypes":[{"name":"_READ","impliedGrants":["select"]}],
           "policyConditions":[{"name":"script","evaluator":"a.RangerScriptConditionEvaluator","evaluatorOptions":{}},{"name":"ip-range","evaluator":"a.RangerIpMatcher"}],
           "contextEnrichers":[{"name":"e","enricher":"a.RangerTagEnricher","enricherOptions":{"x":"y"}}],
           "dataMaskDef":{"maskTypes":[{"name":"MASK","transformer":"f({col})"}],"accessTypes":[{"name":"select"}],"resources":[{"name":"catalog","matcherOptions":{"wildCard":"false"}},{"name":"schema"}]},
           "rowFilterDef":{"accessTypes":[{"name":"select"}],"resources":[{"name":"catalog"}]}}}
        """;

    internal const string Tags = """
        {"op":"add_or_update","serviceName":"uc","tagVersion":1,"isDelta":false,"tagDefinitions":{"1":{"id":1,"name":"PII"}},
         "tags":{"1":{"id":1,"type":"PII","attributes":{"level":"high"},"validityPeriods":[{"startTime":"2026/01/01 00:00:00"}]}},
         "serviceResources":[{"id":1,"resourceElements":{"catalog":{"values":["main"]}}}],"resourceToTagIds":{"1":[1]}}
        """;

    internal const string Roles = """
        {"serviceName":"uc","roleVersion":1,"rangerRoles":[{"id":1,"name":"r","users":[{"name":"ann","isAdmin":false}],"groups":[{"name":"g"}],"roles":[{"name":"r"}]}]}
        """;

    internal const string Users = """
        {"userStoreVersion":1,"userAttrMapping":{"ann":{"x":"y"}},"groupAttrMapping":{"g":{"x":"y"}},"userGroupMapping":{"ann":["g"]}}
        """;

    private static readonly Func<JsonNode?>[] Others =
    [
        () => null,
        () => 0,
        () => -1,
        () => long.MaxValue,
        () => 1e300,
        () => true,
        () => "",
        () => "*",
        () => "\uD800\u0000{${{}}}\\",
        () => new string('(', 3_000),
        () => new JsonArray(),
        () => new JsonArray(null, null),
        () => new JsonArray("", new JsonObject()),
        () => new JsonObject(),
        () => new JsonObject { [""] = null },
        () => new JsonObject { ["name"] = "catalog", ["parent"] = "catalog", ["values"] = new JsonArray("") },
        () => Nested(60),
        () => Nested(200),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_document_with_exchanged_parts_is_refused_or_serves_like_any_other(int seed)
    {
        var random = new Random(seed);
        int refused = 0, served = 0;
        for (var round = 0; round < 2_000; round++)
        {
            var documents = new[] { Policies, Tags, Roles, Users }.Select(text => JsonNode.Parse(text)!).ToArray();
            var target = documents[round % 4 == 0 ? random.Next(1, 4) : 0];
            for (var i = random.Next(1, 3); i > 0; i--)
            {
                Exchange(target, random);
            }

            try
            {
                Serve([.. documents.Select(d => Encoding.UTF8.GetBytes(d.ToJsonString()))]);
                served++;
            }
            catch (RangerFormatException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 200, 1_800);
        Assert.InRange(served, 200, 1_800);
    }

    [Theory]
    [InlineData(Policies, "\uFEFF")]
    [InlineData(Tags, "")]
    [InlineData(Roles, "")]
    [InlineData(Users, "")]
    public void A_document_in_pieces_reads_as_it_does_whole_and_breaks_as_it_does(string text, string before)
    {
        var bytes = Encoding.UTF8.GetBytes(before + text.Trim());
        for (var length = bytes.Length; length > 0; length -= 11)
        {
            foreach (var piece in new[] { 1, 3, 4096 })
            {
                Assert.Equal(
                    Described(() => RangerJson.ReadServicePolicies(bytes.AsMemory(0, length))), Described(() => RangerJson.Read<ServicePolicies>(new Pieces(bytes[..length], piece))));
                Assert.Equal(
                    Described(() => RangerJson.ReadUserStore(bytes.AsMemory(0, length))), Described(() => RangerJson.Read<RangerUserStore>(new Pieces(bytes[..length], piece))));
                Assert.Equal(
                    Described(() => RangerJson.ReadTags(bytes.AsMemory(0, length))), Described(() => RangerJson.Read<ServiceTags>(new Pieces(bytes[..length], piece))));
            }
        }
    }

    [Fact]
    public void Texts_that_come_again_take_no_more_room_and_lists_no_more_than_they_need()
    {
        var store = RangerJson.ReadUserStore("""{"userGroupMapping":{"ann":["staff","x"],"bob":["staff"],"cat":["st\u0061ff",7,true]}}"""u8.ToArray());

        Assert.Same(store.UserGroupMapping["ann"][0], store.UserGroupMapping["bob"][0]);
        Assert.Equal(["staff", "7", "true"], store.UserGroupMapping["cat"]);
        Assert.All(store.UserGroupMapping.Values, groups => Assert.Equal(groups.Count, groups.Capacity));
    }

    private static string Described<T>(Func<T> read)
    {
        try
        {
            return JsonSerializer.Serialize(read());
        }
        catch (RangerFormatException)
        {
            return "refused";
        }
    }

    private sealed class Pieces(byte[] content, int size) : MemoryStream(content)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(size, buffer.Length)]);

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(size, count));
    }

    [Theory]
    [InlineData(Policies)]
    [InlineData(Tags)]
    [InlineData(Roles)]
    [InlineData(Users)]
    public void A_download_that_broke_off_is_refused_wherever_it_broke_off(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text.Trim());
        for (var length = 0; length < bytes.Length; length++)
        {
            var half = bytes.AsMemory(0, length);

            Assert.Throws<RangerFormatException>(() => RangerJson.ReadServicePolicies(half));
            Assert.Throws<RangerFormatException>(() => RangerJson.ReadTags(half));
            Assert.Throws<RangerFormatException>(() => RangerJson.ReadRoles(half));
            Assert.Throws<RangerFormatException>(() => RangerJson.ReadUserStore(half));
        }
    }

    [Theory]
    [InlineData("""{"policyVersion":99999999999999999999}""")]
    [InlineData("""{"policyVersion":1e400}""")]
    [InlineData("""{"policyVersion":1,"policyVersion":2}""")]
    [InlineData("""{"serviceConfig":{"a":"1","a":"2"}}""")]
    [InlineData("""{"securityZones":{"z":null}}""")]
    [InlineData("""{"securityZones":{"z":{"resources":[null]}}}""")]
    [InlineData("""{"policies":[null]}""")]
    [InlineData("""{"policies":[{"resources":{"catalog":null}}]}""")]
    [InlineData("""{"policies":[{"additionalResources":[{"catalog":null}]}]}""")]
    [InlineData("""{"policies":[{"policyItems":[null]}]}""")]
    [InlineData("""{"policies":[{"policyItems":[{"users":[null]}]}]}""")]
    [InlineData("""{"policies":[{"policyType":"1.5"}]}""")]
    [InlineData("""{"policies":[{"policyPriority":3000000000}]}""")]
    public void Numbers_out_of_range_members_given_twice_and_null_items_are_refused(string text) =>
        Assert.Throws<RangerFormatException>(() => RangerJson.ReadServicePolicies(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Nesting_without_end_is_refused()
    {
        var deep = Encoding.UTF8.GetBytes(new string('[', 1_000_000));

        Assert.Throws<RangerFormatException>(() => RangerJson.ReadServicePolicies(deep));
        Assert.Throws<RangerFormatException>(() => RangerJson.ReadRoles(Encoding.UTF8.GetBytes($$"""{"x":{{new string('[', 100_000)}}""")));
    }

    private static void Serve(byte[][] documents)
    {
        var engine = RangerEngine.Compile(
            RangerJson.ReadServicePolicies(documents[0]),
            RangerJson.ReadRoles(documents[2]),
            RangerJson.ReadUserStore(documents[3]),
            RangerJson.ReadTags(documents[1]),
            new EngineOptions());
        foreach (var resource in new[] { Resource("catalog=main;schema=s"), Resource("catalog=main"), Resource("") })
        {
            var request = new AccessRequest { Resource = resource, AccessType = "select", User = "ann", UserGroups = ["g"], AccessTime = Now };
            engine.Evaluate(request);
            engine.EvaluateDataMask(request);
            engine.EvaluateRowFilter(request);
            engine.AccessInfoOf(request);
            engine.AclsOf(resource, Now, includesDescendants: true);
            engine.NextChange(resource, Now);
            engine.ViewOf(resource, Now).Evaluate(User("ann", "g"), "select");
        }

        engine.Roles.MembersOf("r");
    }

    private static void Exchange(JsonNode root, Random random)
    {
        var places = new List<(JsonNode Parent, string? Name, int Index)>();
        Collect(root, places);
        if (places.Count == 0)
        {
            return;
        }

        var (parent, name, index) = places[random.Next(places.Count)];
        var old = name is null ? parent[index] : parent[name];

        // What has the wrong type is refused while reading; to get past that, as often one of the same type is taken.
        var wantsSameKind = random.Next(3) > 0;
        JsonNode? other;
        do
        {
            other = Others[random.Next(Others.Length)]();
        }
        while (wantsSameKind && other?.GetValueKind() != old?.GetValueKind() && old?.GetValueKind() != JsonValueKind.False);

        if (name is not null)
        {
            parent[name] = other;
        }
        else
        {
            parent[index] = other;
        }
    }

    private static void Collect(JsonNode? node, List<(JsonNode, string?, int)> places)
    {
        if (node is JsonObject members)
        {
            foreach (var (name, value) in members)
            {
                places.Add((node, name, 0));
                Collect(value, places);
            }
        }
        else if (node is JsonArray items)
        {
            for (var i = 0; i < items.Count; i++)
            {
                places.Add((node, null, i));
                Collect(items[i], places);
            }
        }
    }

    private static JsonNode Nested(int depth)
    {
        JsonNode node = new JsonArray();
        for (var i = 0; i < depth; i++)
        {
            node = new JsonArray(node);
        }

        return node;
    }
}
