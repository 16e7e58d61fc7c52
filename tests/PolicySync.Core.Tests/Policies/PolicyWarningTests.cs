using System.Text;
using PolicySync.Core.Policies;
using PolicySync.Core.Policies.Ignored;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Ranger.Json;

namespace PolicySync.Core.Tests.Policies;

/// <summary>What Ranger ignores in silence is told.</summary>
public sealed class PolicyWarningTests
{
    private const string Select = """ "accesses":[{"type":"select"}],"groups":["staff"] """;

    [Theory]
    [InlineData(0, "catalog=c;schema=s;tabel=t", "policyItems", "{}", "`tabel` is not a resource level of such policies")]
    [InlineData(0, "catalog=c;table=t", "denyPolicyItems", "{}", "`table` requires `schema`")]
    [InlineData(0, "catalog=c;metastore=m", "policyItems", "{}", "`catalog` and `metastore` are on the same level")]
    [InlineData(0, "catalog=c;schema=s;table=t;volume=v", "policyItems", "{}", "`table` and `volume` are on the same level")]
    [InlineData(0, "", "policyItems", "{}", "it names no resources")]
    [InlineData(1, "catalog=c;schema=s;table=t", "dataMaskPolicyItems", """{"dataMaskInfo":{"dataMaskType":"MASK"}}""", "its mask names no column")]
    [InlineData(1, "catalog=c;schema=s;table=t;column=a.b", "dataMaskPolicyItems", """{"dataMaskInfo":{"dataMaskType":"MASK"}}""", "its mask names `a.b`")]
    [InlineData(1, "catalog=c;schema=s;table=t;column=a", "dataMaskPolicyItems", "{}", "an item has no mask")]
    [InlineData(2, "catalog=c;schema=s;table=t;column=a", "rowFilterPolicyItems", """{"rowFilterInfo":{"filterExpr":"x = 1"}}""", "its row filter names a column")]
    [InlineData(2, "catalog=c;schema=s;table=t", "rowFilterPolicyItems", """{"rowFilterInfo":{"filterExpr":" "}}""", "an item has no filter expression")]
    [InlineData(0, "catalog=c;schema=s;table=t", "rowFilterPolicyItems", """{"rowFilterInfo":{"filterExpr":"x = 1"}}""", "its row filters are in a policy of another type")]
    [InlineData(0, "catalog=c;schema=s;table=t", "dataMaskPolicyItems", """{"dataMaskInfo":{"dataMaskType":"MASK"}}""", "its masks are in a policy of another type")]
    [InlineData(1, "catalog=c;schema=s;table=t;column=a", "denyPolicyItems", "{}", "its items that allow or deny are in a policy for masks")]
    [InlineData(0, "catalog=c;schema=s;table=t", "policyItems", """{"accesses":[{"type":"read"}]}""", "its access type `read` is not in the service definition")]
    [InlineData(0, "catalog=c;schema=s;table=t", "policyItems", """{"accesses":[]}""", "an item names no access type")]
    [InlineData(0, "catalog=c;schema=s;table=t", "denyPolicyItems", """{"groups":[]}""", "an item names no user, group or role")]
    [InlineData(7, "catalog=c;schema=s;table=t", "policyItems", "{}", "its type 7 is not supported")]
    public void A_policy_of_which_something_has_no_effect_is_told_once_and_concerns_what_it_was_meant_for(
        int type, string resources, string items, string item, string told)
    {
        var warnings = PolicyWarnings.Of(Download(type, resources, items, item));

        var warning = Assert.Single(warnings.All);
        Assert.Contains(told, warning.Detail, StringComparison.Ordinal);
        Assert.StartsWith("policy 9 `p`: ", warning.Text, StringComparison.Ordinal);
        if (resources.Contains("=t", StringComparison.Ordinal) && resources.Contains("schema", StringComparison.Ordinal) && !resources.Contains("volume", StringComparison.Ordinal))
        {
            var gap = Assert.Single(warnings.GapsOf(Securable.Table("C", "s", "t")));
            Assert.Equal((GapCode.PolicyFeatureUnsupported, items == "policyItems" ? GapDirection.Withheld : GapDirection.Exposed, 9L), (gap.Code, gap.Direction, gap.PolicyId));
            Assert.Contains(told, gap.Detail, StringComparison.Ordinal);
        }

        Assert.Empty(warnings.GapsOf(Securable.Table("c", "s", "other")));
        Assert.Empty(warnings.GapsOf(Securable.Catalog("elsewhere")));
    }

    [Theory]
    [InlineData(0, "catalog=c", "policyItems", "{}")]
    [InlineData(0, "catalog=c;schema=s;table=*;column=a", "denyPolicyItems", "{}")]
    [InlineData(0, "catalog=c;schema=s;volume=v", "policyItems", """{"accesses":[{"type":"_ALL"}]}""")]
    [InlineData(1, "catalog=c;schema=s;table=t;column=a", "dataMaskPolicyItems", """{"dataMaskInfo":{"dataMaskType":"MASK_NONE"}}""")]
    [InlineData(2, "catalog=c;schema=s;table=t", "rowFilterPolicyItems", """{"rowFilterInfo":{"filterExpr":"x = 1"}}""")]
    public void A_policy_that_does_what_it_says_is_not_told(int type, string resources, string items, string item) =>
        Assert.Empty(PolicyWarnings.Of(Download(type, resources, items, item)).All);

    [Fact]
    public void Disabled_policies_are_not_told_and_tag_policies_and_zones_concern_no_securable()
    {
        var download = Download(0, "catalog=c;tabel=t", "policyItems", "{}");
        var policy = download.Policies.Policies![0];
        policy.IsEnabled = false;
        download.Policies.SecurityZones["z"] = new() { Policies = [new() { Resources = { ["catalog"] = new() { Values = ["c"] } } }] };
        download.Policies.TagPolicies = new()
        {
            ServiceDef = new() { Resources = [new() { Name = "tag" }] },
            Policies = [new() { Id = 3, Name = "t", Resources = { ["tags"] = new() { Values = ["c"] } } }],
        };

        var warnings = PolicyWarnings.Of(download);

        Assert.Equal(
            ["zone `z` has no resources that match anything, so none of its policies counts", "policy 3 `t`: `tags` is not a resource level of such policies, so these resources match nothing"],
            warnings.All.Select(warning => warning.Text));
        Assert.Empty(warnings.GapsOf(Securable.Catalog("c")));
    }

    private static PolicyDownload Download(int type, string resources, string items, string item)
    {
        var set = string.Join(',', resources.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).Select(pair => $$"""
            "{{pair[0]}}":{"values":["{{pair[1]}}"]}
            """));
        var whole = System.Text.Json.Nodes.JsonNode.Parse($$"""{ {{Select}} }""")!.AsObject();
        foreach (var (name, value) in System.Text.Json.Nodes.JsonNode.Parse(item)!.AsObject())
        {
            whole[name] = value?.DeepClone();
        }

        var text = $$"""
            {"policies":[{"id":9,"name":"p","policyType":{{type}},"resources":{ {{set}} },"{{items}}":[{{whole.ToJsonString()}}]}]}
            """;
        var policies = RangerJson.ReadServicePolicies(Encoding.UTF8.GetBytes(text));
        policies.ServiceDef = UnityCatalogServiceDef.Read();
        return new PolicyDownload("stamp", policies, null, null, null);
    }
}
