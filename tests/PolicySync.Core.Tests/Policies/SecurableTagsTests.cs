using PolicySync.Core.Policies;
using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Tests.Policies;

/// <summary>Tags from elsewhere than the tag download count where their resource is the asked one, above it or below.</summary>
public sealed class SecurableTagsTests
{
    private const string Levels = "catalog.schema.table.column";

    [Theory]
    [InlineData("main.sales.orders", "main.sales.orders", ResourceMatch.Self)]
    [InlineData("Main.SALES.orders", "main.sales.orders", ResourceMatch.Self)]
    [InlineData("main", "main.sales.orders", ResourceMatch.Ancestor)]
    [InlineData("main.sales.orders.id", "main.sales.orders", ResourceMatch.Descendant)]
    [InlineData("main.sales.items", "main.sales.orders", null)]
    [InlineData("*.sales.orders", "main.sales.orders", null)] // a name, not a pattern
    [InlineData("main.sales.items.id", "main.sales.orders", null)]
    public void A_tag_concerns_its_resource_and_what_is_above_and_below(string tagged, string asked, ResourceMatch? expected)
    {
        var tags = new SecurableTags([new(Elements(tagged), [new RangerTag { Type = "pii", Attributes = { ["value"] = "high" } }])]);

        var found = tags.Concerning(Elements(asked));

        Assert.Equal(expected, found.SingleOrDefault()?.Match);
        Assert.All(found, tag => Assert.Equal(("pii", "high"), (tag.Type, tag.Attributes["value"])));
    }

    [Fact]
    public void Levels_of_one_depth_are_kept_apart() => Assert.Empty(
        new SecurableTags([new(Elements("main.sales.orders"), [new RangerTag { Type = "pii" }])])
            .Concerning(new Dictionary<string, string> { ["catalog"] = "main", ["schema"] = "sales", ["volume"] = "orders" }));

    private static Dictionary<string, string> Elements(string path) =>
        path.Split('.').Zip(Levels.Split('.')).ToDictionary(pair => pair.Second, pair => pair.First);
}
