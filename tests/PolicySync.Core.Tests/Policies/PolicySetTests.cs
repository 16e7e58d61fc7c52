using System.Text;
using PolicySync.Core.Policies.Sets;
using PolicySync.Ranger.Json;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Tests.Policies;

public sealed class PolicySetTests
{
    private const string Json =
        """
        {"serviceName":"uc","serviceId":4,"policyVersion":41,"policyUpdateTime":1700000000000,
         "serviceDef":{"id":7,"name":"databricks_unity_catalog","options":{"a":"b"},
          "resources":[{"name":"catalog","matcherOptions":{"wildCard":true}},{"name":"schema","parent":"catalog"}],"accessTypes":[{"name":"select","impliedGrants":["browse"]}]},
         "policies":[{"id":1,"guid":"g","name":"żółw <a>","isEnabled":false,"policyPriority":1,"isDenyAllElse":true,"policyLabels":["l"],
          "resources":{"catalog":{"values":["main"],"isExcludes":true}},"additionalResources":[{"schema":{"values":["s"],"isRecursive":true}}],
          "conditions":[{"type":"expression","values":["a"]}],
          "policyItems":[{"accesses":[{"type":"select","isAllowed":false}],"users":["Ann@x.io"],"groups":["g"],"roles":["r"],"delegateAdmin":true}],
          "validitySchedules":[{"startTime":"2026/01/01 00:00:00","timeZone":"CET","recurrences":[{"schedule":{"minute":"1"},"interval":{"hours":2}}]}]},
          {"name":"without id"}],
         "tagPolicies":{"serviceName":"tags","policyVersion":3,"serviceDef":{"name":"tag"},"policies":[{"id":1,"zoneName":"eu",
          "dataMaskPolicyItems":[{"dataMaskInfo":{"dataMaskType":"CUSTOM","valueExpr":"x"}}]}]},
         "securityZones":{"eu":{"zoneName":"eu","resources":[{"catalog":["eu"]}],"containsAssociatedTagService":true,"policies":[{"id":9,
          "rowFilterPolicyItems":[{"rowFilterInfo":{"filterExpr":"a = 1"}}]}]},"empty":{"zoneName":"empty"}},
         "serviceConfig":{"ranger.plugin.super.users":"root"}}
        """;

    [Fact]
    public void A_download_that_was_packed_is_the_same_again_and_was_not_changed()
    {
        var download = Download();
        var before = Text(download);

        var set = PolicySet.Of(download);

        Assert.Equal(before, Text(download));
        Assert.Equal(before, Text(PolicySet.OfPacked(set.Packed).Read()));
        Assert.Contains("\"isAllowed\":false", before, StringComparison.Ordinal);
        Assert.Contains("\"interval\":{\"days\":0,\"hours\":2,\"minutes\":0}", before, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_policy_is_read_with_its_zone_and_kind() => Assert.Equal(
        ["1  Access", "  Access", "9 eu Access", "1 eu Tag"],
        PolicySet.Of(Download()).ReadEntries().Select(entry => $"{entry.Policy.Id} {entry.Zone} {entry.Kind}"));

    [Fact]
    public void A_policy_without_its_zone_or_tag_service_cannot_be_put_into_a_set()
    {
        var policy = new RangerPolicy { Id = 1 };

        Assert.Throws<RangerFormatException>(() => PolicySet.With(new ServicePolicies(), [new PolicyEntry(policy, "eu", IsOfTags: false)]));
        Assert.Throws<RangerFormatException>(() => PolicySet.With(new ServicePolicies(), [new PolicyEntry(policy, null, IsOfTags: true)]));
        Assert.Same(policy, Assert.Single(PolicySet.With(new ServicePolicies(), [new PolicyEntry(policy, null, IsOfTags: false)]).Policies!));
    }

    [Fact]
    public void A_list_that_changes_between_two_pages_leaves_out_nothing_and_repeats_nothing()
    {
        var first = new PolicyList(SetOf(1, 2, 3, 4)).Read(new PolicyFilter(), 2, token: null);
        var second = new PolicyList(SetOf(9, 0, 4, 3, 1)).Read(new PolicyFilter(), 2, first.NextPageToken);
        var last = new PolicyList(SetOf(9, 4)).Read(new PolicyFilter(), 2, second.NextPageToken);

        Assert.Equal([1, 2], Ids(first));
        Assert.Equal([3, 4], Ids(second));
        Assert.Equal([9], Ids(last));
        Assert.Null(last.NextPageToken);

        static IEnumerable<long?> Ids(PolicyPage page) => page.Policies.Select(listed => listed.Entry.Policy.Id);
        static PolicySet SetOf(params long[] ids) => PolicySet.Of(new ServicePolicies { Policies = [.. ids.Select(id => new RangerPolicy { Id = id })] });
    }

    private static ServicePolicies Download() => RangerJson.ReadServicePolicies(Encoding.UTF8.GetBytes(Json));

    private static string Text(ServicePolicies policies) => Encoding.UTF8.GetString(RangerJson.Write(policies));
}
