using PolicySync.Ranger.Json;
using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.Text;
using static PolicySync.Ranger.Tests.Unity;

namespace PolicySync.Ranger.Tests;

public class ResourceMatchTests
{
    [Theory]
    [InlineData("catalog=main", "catalog=MAIN", ResourceMatch.Self)]
    [InlineData("catalog=main", "catalog=main;schema=s", ResourceMatch.Ancestor)]
    [InlineData("catalog=main;schema=s;table=t", "catalog=main", ResourceMatch.Descendant)]
    [InlineData("catalog=main;schema=*;table=*", "catalog=main", ResourceMatch.SelfAndAllDescendants)]
    [InlineData("catalog=main;schema=*;table=t", "catalog=main", ResourceMatch.Descendant)]
    [InlineData("catalog=other;schema=*", "catalog=main", ResourceMatch.None)]
    [InlineData("catalog=m*;schema=s?;table=*_v*", "catalog=main;schema=s1;table=a_v2", ResourceMatch.Self)]
    [InlineData("catalog=main;schema=s?", "catalog=main;schema=s12", ResourceMatch.None)]
    [InlineData("catalog=main;schema=!tmp*", "catalog=main;schema=tmp1", ResourceMatch.None)]
    [InlineData("catalog=main;schema=!tmp*", "catalog=main;schema=sales", ResourceMatch.Self)]
    [InlineData("catalog=main;schema=!tmp*", "catalog=main", ResourceMatch.Descendant)]
    [InlineData("catalog=main;schema=!*", "catalog=main;schema=sales", ResourceMatch.None)]
    [InlineData("catalog=main;schema=!tmp", "catalog=main;schema=*", ResourceMatch.None)] // excluding some is not everything
    [InlineData("catalog=main;schema=a,b", "catalog=main;schema=b", ResourceMatch.Self)]
    [InlineData("catalog=main;schema=", "catalog=main;schema=b", ResourceMatch.Self)] // no values: every value
    [InlineData("catalog=main;volume=v", "catalog=main", ResourceMatch.None)] // a gap: no hierarchy has it
    [InlineData("catalog=main;schema=s;table=t", "catalog=main;schema=s;volume=t", ResourceMatch.None)]
    [InlineData("catalog=main;schema=s", "catalog=main;table=t", ResourceMatch.None)]
    [InlineData("catalog=main;nonsense=x", "catalog=main", ResourceMatch.None)]
    public void Policy_resources_match_requested_resources_as_in_Ranger(string policy, string requested, ResourceMatch expected) =>
        Assert.Equal(expected, PolicyResourceMatcher.Create(Service(), 0, Resources(policy)).Match(Resource(requested)));

    [Theory]
    [InlineData("ab*", "abc", true)]
    [InlineData("*bc", "abc", true)]
    [InlineData("a*c", "abbbc", true)]
    [InlineData("a*c*", "abcd", true)]
    [InlineData("a**c", "ac", true)]
    [InlineData("a?c", "ac", false)]
    [InlineData("*a*b", "xaxaxb", true)]
    [InlineData("*a*b", "xaxbx", false)]
    [InlineData("*?", "a", true)]
    [InlineData("*?", "ab", false)]
    [InlineData("*?", "", false)]
    [InlineData("**?", "ab", false)]
    [InlineData("?*", "ab", true)]
    [InlineData("*?*", "ab", true)]
    [InlineData("*?*", "", false)]
    [InlineData("*??", "abc", false)]
    [InlineData("a*?c", "abc", true)]
    [InlineData("a*?c", "abbc", false)]
    [InlineData("*a*?b", "xaxaxb", true)]
    [InlineData("*a*?b", "xaxxb", false)]
    public void A_pattern_with_wildcards_matches_a_value_as_in_Ranger(string pattern, string value, bool expected) =>
        Assert.Equal(expected, Wildcard.IsMatch(value, pattern));

    [Fact]
    public void Of_several_requested_values_one_that_matches_is_enough()
    {
        var matcher = PolicyResourceMatcher.Create(Service(), 0, Resources("catalog=main"));
        var requested = new Dictionary<string, IReadOnlyList<string>> { ["catalog"] = ["dev", "main"] };

        Assert.Equal(ResourceMatch.Self, matcher.Match(new RangerResource(requested)));
    }

    [Fact]
    public void Levels_that_run_in_a_circle_are_refused()
    {
        var def = new RangerServiceDef { Resources = [new() { Name = "a", Parent = "b" }, new() { Name = "b", Parent = "a" }] };

        Assert.Throws<RangerFormatException>(() => PolicyResourceMatcher.Create(def, 0, Resources("a=1")));
    }
}
