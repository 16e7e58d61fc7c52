using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Securables;
using PolicySync.Core.Suspensions;

namespace PolicySync.Core.Tests.Suspensions;

public sealed class SuspensionTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);
    private static readonly Securable Table = Securable.Table("main", "sales", "orders");

    [Fact]
    public void Of_several_the_one_that_ends_last_is_found_and_none_that_has_ended()
    {
        var list = new SuspensionList([Of("main", 1), Of("*.sales", 3), Of("main.sales.orders", 2), Of("other", 9)]);

        Assert.Equal("*.sales", list.Find(Table, Now)!.Pattern.Key);
        Assert.Equal("*.sales", list.Find(Table, Now.AddHours(3).AddTicks(-1))!.Pattern.Key);
        Assert.Null(list.Find(Table, Now.AddHours(3)));
        Assert.Null(list.Find(Securable.Catalog("mine"), Now));
        Assert.Null(SuspensionList.None.Find(Table, Now));
    }

    [Fact]
    public void Its_message_names_the_securable_the_end_the_pattern_and_the_reason() => Assert.Equal(
        "table main.sales.orders is suspended until 2026-11-30T13:00:00Z by `main.s?les`: an audit", Of("Main.s?les", 1).MessageOn(Table));

    [Theory]
    [InlineData("main.sales", null)]
    [InlineData("a.b.c.d", "has more than 3 segments")]
    [InlineData("a..c", "has an empty segment")]
    [InlineData("a b", "has a space, a slash or a control character, which no name has")]
    [InlineData("a/b", "has a space, a slash or a control character, which no name has")]
    public void What_is_not_a_pattern_says_why(string text, string? fault) => Assert.Equal(fault, Suspension.FaultOfPattern(text));

    [Theory]
    [InlineData(-1, "must be in the future")]
    [InlineData(0, "must be in the future")]
    [InlineData(1, null)]
    [InlineData(366 * 24, null)]
    [InlineData((366 * 24) + 1, "must be at most 366 days ahead")]
    public void An_end_is_in_the_future_and_not_too_far(int hours, string? fault) => Assert.Equal(fault, Suspension.FaultOfEnd(Now.AddHours(hours), Now));

    private static Suspension Of(string pattern, int hours) => new(NamePattern.Parse(pattern), "an audit", Now.AddHours(hours), "ann", Now);
}
