using PolicySync.Core.Policies.Comparing;
using PolicySync.Core.Policies.Sets;
using PolicySync.Ranger.Model;
using static PolicySync.Core.Tests.Policies.Comparing.Compared;

namespace PolicySync.Core.Tests.Policies.Comparing;

public sealed class PolicyDiffTests
{
    [Theory]
    [InlineData("main.a.t +ann:select", "main.a.t +ann:select", "")]
    [InlineData(
        "main.a.t +ann:select", "main.a.t +ann:select; main.b !x",
        "ADDED 2 p2 ACCESS\n  RESOURCES: nothing -> catalog=!x +catalog=!x")]
    [InlineData("", "in:hr override until:2026-12-31 only if:tz=x hr.a -#sales:select", """
        ADDED 1 p1 ACCESS in hr
          PRIORITY: nothing -> override
          RESOURCES: nothing -> catalog=hr; schema=a +catalog=hr +schema=a
          VALIDITY: nothing -> any time to 2026/12/31 00:00:00 in UTC +any time to 2026/12/31 00:00:00 in UTC
          CONDITIONS: nothing -> tz=x +tz=x
          DENY_ALL_ELSE: nothing -> yes
          ADDED DENY 1: nothing -> groups sales; accesses select
        """)]
    [InlineData("tag:pii mask:#sales=NULL", "", """
        REMOVED 1 p1 TAG
          RESOURCES: tag=pii -> nothing -tag=pii
          REMOVED MASK 1: groups sales; accesses databricks_unity_catalog:select; mask databricks_unity_catalog:NULL -> nothing
        """)]
    [InlineData("main.a.t", "main.a.t override only off", """
        CHANGED 1 p1 ACCESS
          ENABLED: yes -> no
          PRIORITY: normal -> override
          DENY_ALL_ELSE: no -> yes
        """)]
    [InlineData("main.a|b.t", "main.b|c.!t", """
        CHANGED 1 p1 ACCESS
          RESOURCES: catalog=main; schema=a, b; table=t -> catalog=main; schema=b, c; table=!t -schema=a -table=t +schema=c +table=!t
        """)]
    [InlineData("main.a/other.b", "main.a/third.*", """
        CHANGED 1 p1 ACCESS
          RESOURCES: catalog=main; schema=a | catalog=other; schema=b -> catalog=main; schema=a | catalog=third; schema=* -catalog=other; schema=b +catalog=third; schema=*
        """)]
    [InlineData("main.a", "main.a/third.*", """
        CHANGED 1 p1 ACCESS
          RESOURCES: catalog=main; schema=a -> catalog=main; schema=a | catalog=third; schema=* +catalog=third; schema=*
        """)]
    [InlineData("main.a until:2026-12-31 when?", "main.a from:2026-01-01", """
        CHANGED 1 p1 ACCESS
          VALIDITY: any time to 2026/12/31 00:00:00 in UTC -> 2026/01/01 00:00:00 to any time in UTC -any time to 2026/12/31 00:00:00 in UTC +2026/01/01 00:00:00 to any time in UTC
          CONDITIONS: moon-phase=full -> nothing -moon-phase=full
        """)]
    [InlineData("main.a until:2026-12-31", "main.a", """
        CHANGED 1 p1 ACCESS
          VALIDITY: any time to 2026/12/31 00:00:00 in UTC -> always -any time to 2026/12/31 00:00:00 in UTC
        """)]
    [InlineData("main.a", "in:hr main.a", "CHANGED 1 p1 ACCESS in hr\n  ZONE: nothing -> hr")]
    [InlineData("main.a.t mask:#sales=MASK_NULL", "main.a.t filter:#sales=a<1", """
        CHANGED 1 p1 FILTER
          KIND: MASK -> FILTER
          REMOVED MASK 1: groups sales; accesses select; mask MASK_NULL -> nothing
          ADDED FILTER 1: nothing -> groups sales; accesses select; filter `a<1`
        """)]
    public void Each_part_that_differs_is_shown_in_words(string old, string @new, string expected) => AssertLines(expected, Diff(SetOf(old), SetOf(@new)));

    [Theory]
    [InlineData("+ann,#sales:select", "+bob,#sales:select,modify", """
        CHANGED ALLOW 1: users ann; groups sales; accesses select -> users bob; groups sales; accesses modify, select
            USERS: ann -> bob -ann +bob
            ACCESSES: select -> modify, select +modify
        """)]
    [InlineData("+ann:select +bob:modify", "+bob:modify", "REMOVED ALLOW 1: users ann; accesses select -> nothing")]
    [InlineData("+ann:select", "+bob:modify", """
        ADDED ALLOW 1: nothing -> users bob; accesses modify
          REMOVED ALLOW 1: users ann; accesses select -> nothing
        """)]
    [InlineData("+ann:select", "+bob:select", """
        CHANGED ALLOW 1: users ann; accesses select -> users bob; accesses select
            USERS: ann -> bob -ann +bob
        """)]
    [InlineData("+ann:select +bob:modify", "+bob:select +ann:modify", """
        CHANGED ALLOW 1: users bob; accesses modify -> users bob; accesses select
            ACCESSES: modify -> select -modify +select
          CHANGED ALLOW 2: users ann; accesses select -> users ann; accesses modify
            ACCESSES: select -> modify -select +modify
        """, "ITEM_ORDER: ALLOW 1, 2 -> ALLOW 2, 1")]
    [InlineData("-ann:select?", "-ann:select", """
        CHANGED DENY 1: users ann; accesses select; conditions moon-phase=full -> users ann; accesses select
            CONDITIONS: moon-phase=full -> nothing -moon-phase=full
        """)]
    [InlineData("-ann:select ~-bob:select", "-ann:select ~+bob:select", """
        ADDED ALLOW_EXCEPTION 1: nothing -> users bob; accesses select
          REMOVED DENY_EXCEPTION 1: users bob; accesses select -> nothing
        """)]
    [InlineData("mask:#a=X mask:#b=Y", "mask:#b=Y mask:#a=X", "", "ITEM_ORDER: MASK 1, 2 -> MASK 2, 1")]
    [InlineData("mask:#a=X", "mask:#c=Z mask:#a=Y", """
        ADDED MASK 1: nothing -> groups c; accesses select; mask Z
          CHANGED MASK 2: groups a; accesses select; mask X -> groups a; accesses select; mask Y
            MASK: X -> Y
        """)]
    [InlineData("filter:%r=a<1", "filter:%r=a<2", """
        CHANGED FILTER 1: roles r; accesses select; filter `a<1` -> roles r; accesses select; filter `a<2`
            FILTER: a<1 -> a<2
        """)]
    public void Each_item_that_differs_is_shown_with_what_of_it_differs(string old, string @new, string expected, string? order = null)
    {
        var lines = Lines(Diff(SetOf($"main.a.t {old}"), SetOf($"main.a.t {@new}"))).ToList();

        Assert.StartsWith("CHANGED 1 p1", lines[0], StringComparison.Ordinal);
        Assert.Equal(order is null ? [] : [$"  {order}"], lines.Skip(1).Where(line => line.StartsWith("  ITEM_ORDER", StringComparison.Ordinal)));
        Assert.Equal(expected.Trim(), string.Join('\n', lines.Skip(1).Where(line => !line.StartsWith("  ITEM_ORDER", StringComparison.Ordinal))).Trim());
    }

    [Fact]
    public void What_is_not_evaluated_does_not_differ_and_is_counted()
    {
        var (old, @new) = (SetOf("main.a +ann,bob:select,modify; main.b; main.c off; main.d off"), SetOf("main.a +bob,ann:modify,select; main.b; main.x off +ann:all"));
        var changed = @new.Policies![0];
        (changed.Id, changed.Version, changed.Description, changed.Guid, changed.IsAuditEnabled) = (77, 9, "other words", "g", false);
        changed.PolicyLabels = ["label"];
        @new.PolicyVersion = 99;
        @new.Policies.Reverse();

        var diff = Diff(old, @new);

        Assert.Empty(Lines(diff));
        Assert.False(diff.Differs);
        Assert.Equal(new PolicyDiffCounts(0, 0, 0, NotEvaluated: 3, Unchanged: 1), diff.Counts);
        Assert.Equal("nothing that is evaluated differs; 3 policies differ in what is not evaluated", diff.Statement);
        Assert.Equal(PolicyContent.DigestOf(PolicySet.Of(old)), PolicyContent.DigestOf(PolicySet.Of(@new)));
    }

    [Fact]
    public void A_renamed_policy_of_the_same_id_is_changed()
    {
        var @new = SetOf("main.a; main.b");
        @new.Policies![1].Name = "other";

        AssertLines("CHANGED 2 other ACCESS\n  NAME: p2 -> other", Diff(SetOf("main.a; main.b"), @new));
    }

    [Fact]
    public void A_policy_without_an_id_is_known_by_its_name_within_its_zone()
    {
        var @new = SetOf("in:hr main.a override; main.a; tag:pii");
        @new.SecurityZones["hr"].Policies![0].Id = null;
        @new.Policies![0].Name = "p1";
        @new.Policies[0].Id = null;
        @new.TagPolicies!.Policies![0].Name = "p1";

        var old = SetOf("in:hr main.a; main.a; tag:pii");
        (old.Policies![0].Name, old.TagPolicies!.Policies![0].Name) = ("p1", "p1");

        AssertLines("CHANGED 1 p1 ACCESS in hr\n  PRIORITY: normal -> override", Diff(old, @new));
    }

    [Fact]
    public void Names_count_where_the_ids_are_those_of_another_Ranger()
    {
        var @new = SetOf("main.a; main.b; main.c override");
        foreach (var (policy, id) in @new.Policies!.Zip(new long[] { 3, 1, 2 }))
        {
            policy.Id = id;
        }

        AssertLines("CHANGED 3 p3 ACCESS\n  PRIORITY: normal -> override", Diff(SetOf("main.a; main.b; main.c"), @new));
    }

    [Fact]
    public void A_tag_policy_and_a_resource_policy_of_one_id_are_not_mixed_up()
    {
        var (old, @new) = (SetOf("main.a; tag:pii"), SetOf("main.a; tag:fin"));
        (old.TagPolicies!.Policies![0].Id, @new.TagPolicies!.Policies![0].Id) = (1, 1);

        AssertLines("CHANGED 1 p2 TAG\n  RESOURCES: tag=pii -> tag=fin -tag=pii +tag=fin", Diff(old, @new));
    }

    [Fact]
    public void What_differs_besides_policies_is_shown_without_values_of_settings()
    {
        var @new = SetOf("");
        @new.ServiceDef!.AccessTypes.Add(new() { Name = "modify" });
        @new.ServiceConfig = new() { ["a"] = "secret", ["b"] = "x" };
        @new.TagPolicies!.ServiceConfig = new() { ["t"] = "secret" };
        @new.SecurityZones.Remove("eu");
        @new.SecurityZones["hr"].Resources = [new() { ["catalog"] = ["hr", "people"] }];
        @new.SecurityZones["us"] = new() { ContainsAssociatedTagService = true };

        AssertLines(
            """
            SERVICE_DEFINITION: 1 access types, 1 levels, 0 masks, 0 conditions -> 2 access types, 1 levels, 0 masks, 0 conditions +access type modify
            TAG_SETTINGS: 0 settings -> 1 settings +t
            ZONE eu: 1 resources -> nothing -catalog=eu
            ZONE hr: 1 resources -> 1 resources -catalog=hr +catalog=hr, people
            ZONE us: nothing -> 0 resources, tag policies of its own
            SETTING a: set -> set to another value
            SETTING b: nothing -> set
            """, Diff(SetOf(""), @new));
        Assert.Equal("0 added, 0 removed, 0 changed, and 7 parts of the set besides policies", Diff(SetOf(""), @new).Statement);
        @new.TagPolicies = null;
        Assert.Contains("TAG_SERVICE: a tag service -> nothing", Lines(Diff(SetOf(""), @new)));
    }

    [Fact]
    public void Words_that_are_equal_say_that_the_form_differs()
    {
        var @new = SetOf("main.a");
        (@new.Policies![0].AdditionalResources, @new.Policies[0].Resources) = ([@new.Policies[0].Resources], []);
        @new.ServiceDef!.Options = new() { ["x"] = "y" };

        AssertLines(
            """
            SERVICE_DEFINITION: 1 access types, 1 levels, 0 masks, 0 conditions -> 1 access types, 1 levels, 0 masks, 0 conditions (differs in details)
            CHANGED 1 p1 ACCESS
              RESOURCES: catalog=main; schema=a -> catalog=main; schema=a (differs in its form only)
            """, Diff(SetOf("main.a"), @new));
    }

    [Fact]
    public void Long_lists_are_cut_and_what_only_one_side_has_is_shown_nevertheless()
    {
        var names = string.Join(',', Enumerable.Range(0, 1_000).Select(n => $"user{n}"));
        var policy = Assert.Single(Diff(SetOf($"main.a +{names}:select"), SetOf($"main.a +{names},zoe:select")).Read(10, null).Policies);

        var item = Assert.Single(policy.Items);
        Assert.Equal((500, 500), (item.Old!.Length, item.New!.Length));
        Assert.Equal(["zoe@x.com"], Assert.Single(item.Parts).Added);
        var many = Diff(SetOf("main.a"), SetOf($"main.a {string.Concat(Enumerable.Range(0, 60).Select(n => $" +u{n}:select"))}")).Read(10, null).Policies[0];
        Assert.Equal((PolicyDifference.MaxItems, 60), (many.Items.Count, many.ItemCount));
    }

    [Fact]
    public void Pages_have_every_difference_once_and_a_token_is_of_both_sets()
    {
        var (old, @new) = (SetOf("main.a; main.b; main.c; tag:pii"), SetOf("main.x; main.y; main.z; tag:fin; main.n"));
        var diff = Diff(old, @new);
        var first = diff.Read(2, null);
        var second = diff.Read(2, first.NextPageToken);
        var last = diff.Read(2, second.NextPageToken);

        Assert.Equal([1L, 2, 3, 5, 4], first.Policies.Concat(second.Policies).Concat(last.Policies).Select(policy => policy.Id!.Value));
        Assert.Null(last.NextPageToken);
        old.Policies![0].Description = "moved";
        Assert.Throws<ArgumentException>(() => Diff(old, @new).Read(2, first.NextPageToken));
        Assert.Throws<ArgumentException>(() => diff.Read(2, "x"));
    }

    [Fact]
    public void Every_member_of_a_set_and_of_a_policy_that_the_digest_has_is_a_difference()
    {
        var missed = new List<string>();
        foreach (var (name, change) in Changes.Of<ServicePolicies>(static set => set).Concat(Changes.Of<RangerPolicy>(static set => set.Policies![0]))
            .Concat(Changes.Of<RangerPolicyItem>(static set => set.Policies![0].PolicyItems[0]))
            .Concat(Changes.Of<RangerDataMaskPolicyItem>(static set => set.Policies![1].DataMaskPolicyItems[0]))
            .Concat(Changes.Of<RangerRowFilterPolicyItem>(static set => set.Policies![2].RowFilterPolicyItems[0])))
        {
            var (old, @new) = (Filled(), Filled());
            change(@new);
            var diff = Diff(old, @new);
            var differs = PolicyContent.DigestOf(PolicySet.Of(old)) != PolicyContent.DigestOf(PolicySet.Of(@new));
            if (diff.Differs != differs || (differs && diff.SetParts.Count == 0 && diff.Read(10, null).Policies.Any(policy => policy is { Parts: [], Items: [] })))
            {
                missed.Add(name);
            }
        }

        Assert.Empty(missed);

        static ServicePolicies Filled() => SetOf("main.a +ann:select; main.b mask:#s=X; main.c filter:#s=x");
    }

    private static void AssertLines(string expected, PolicyDiff diff) =>
        Assert.Equal(expected.Trim(), string.Join('\n', Lines(diff)));
}
