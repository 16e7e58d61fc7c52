using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Model;
using static PolicySync.Ranger.Tests.Unity;

namespace PolicySync.Ranger.Tests;

public class MaskAndFilterTests
{
    private const string Table = "catalog=main;schema=sales;table=orders";

    [Theory]
    [InlineData("ann", "HASH")] // the first item that is for her
    [InlineData("bob", "MASK_NONE")] // a decision too: it ends the search
    [InlineData("eve", null)]
    public void The_first_mask_item_that_applies_decides(string user, string? mask)
    {
        var engine = Engine(Policy(1, $"{Table};column=ssn", p =>
        {
            p.PolicyType = RangerPolicy.DataMaskType;
            p.DataMaskPolicyItems = [Mask("MASK_NONE", "bob"), Mask("HASH", "ann,bob"), Mask("NULL", "ann")];
        }));

        Assert.Equal(mask, engine.EvaluateDataMask(Request($"{Table};column=ssn", user)).DataMask?.DataMaskType);
    }

    [Fact]
    public void An_overriding_mask_policy_goes_first_and_a_broad_one_before_a_narrow_one()
    {
        var narrow = MaskPolicy(1, $"{Table};column=ssn", "NARROW");
        var broad = MaskPolicy(2, "catalog=main;schema=*;table=*;column=*", "BROAD");
        var overriding = MaskPolicy(3, $"{Table};column=ssn", "OVERRIDE");
        overriding.PolicyPriority = 1;

        Assert.Equal("BROAD", MaskOf(narrow, broad));
        Assert.Equal("OVERRIDE", MaskOf(narrow, broad, overriding));
    }

    [Fact]
    public void A_row_filter_is_given_with_its_expressions_filled_in()
    {
        var engine = Engine(Policy(1, Table, p =>
        {
            p.PolicyType = RangerPolicy.RowFilterType;
            p.RowFilterPolicyItems = [new() { Accesses = [new() { Type = "select" }], Users = ["ann"], RowFilterInfo = new() { FilterExpr = "owner = '${{USER._name}}'" } }];
        }));

        Assert.Equal("owner = 'ann'", engine.EvaluateRowFilter(Request(Table, "ann")).RowFilter?.FilterExpr);
        Assert.Equal(
            PolicyPart.RowFilter,
            Assert.Single(Assert.Single(engine.ViewOf(Resource(Table), Now).Filters).Uncertainties).Part);
    }

    [Fact]
    public void A_mask_is_given_with_its_expressions_filled_in()
    {
        var mask = Mask("CUSTOM", "ann");
        mask.DataMaskInfo = new() { DataMaskType = "CUSTOM", ConditionExpr = "a = ${{USER._name}}", ValueExpr = "left({col}, ${{USER.absent}})" };
        var engine = Engine(Policy(1, $"{Table};column=ssn", p => (p.PolicyType, p.DataMaskPolicyItems) = (RangerPolicy.DataMaskType, [mask])));

        var filled = engine.EvaluateDataMask(Request($"{Table};column=ssn", "ann")).DataMask!;

        Assert.Equal(("a = ann", "left({col}, null)"), (filled.ConditionExpr, filled.ValueExpr));
        Assert.Equal(
            PolicyPart.DataMask,
            Assert.Single(Assert.Single(engine.ViewOf(Resource($"{Table};column=ssn"), Now).Masks).Uncertainties).Part);
    }

    private static string? MaskOf(params RangerPolicy[] policies) =>
        Engine(policies).EvaluateDataMask(Request($"{Table};column=ssn", "ann")).DataMask?.DataMaskType;

    private static RangerPolicy MaskPolicy(long id, string resources, string mask) => Policy(id, resources, p =>
    {
        p.PolicyType = RangerPolicy.DataMaskType;
        p.DataMaskPolicyItems = [Mask(mask, "ann")];
    });

    private static RangerDataMaskPolicyItem Mask(string type, string users) => new()
    {
        Accesses = [new() { Type = "select" }],
        Users = [.. users.Split(',')],
        DataMaskInfo = new() { DataMaskType = type },
    };

    private static AccessRequest Request(string resource, string user) =>
        new() { Resource = Resource(resource), AccessType = "select", User = user, AccessTime = Now };
}
