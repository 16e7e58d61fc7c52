using System.Globalization;
using PolicySync.Testing.Language;

namespace PolicySync.Core.Tests.Desired;

/// <summary>Ranger's usual policy for the tag EXPIRES_ON: nobody has access after the date that the tag names.</summary>
public sealed class TagsThatExpire
{
    private const string Given = "main.*.* +#outer:select; ";
    private const string Usual = Given + "tag:EXPIRES_ON -#public:select,all ";
    private const string Condition = "if:accessed-after-expiry=yes";
    private const string Directory = "#outer=ana,ben users=cat noUse";

    // It is 08:00 on 23 November 2026.
    [Theory]
    [InlineData("2026/11/22", "", "", null)]
    [InlineData("2026/11/23", "", "", null)]
    [InlineData("2026/11/24", "#outer:SELECT", "", "2026-11-24T00:00:00")]
    [InlineData("2026-11-23T08:01:10.000Z", "#outer:SELECT", "", "2026-11-23T08:01:10")]
    [InlineData("2026-11-23T08:00:00.000Z", "", "", "2026-11-23T08:00:00.001")]
    [InlineData("2026-11-23T07:59:59.999Z", "", "", null)]
    [InlineData("2026/12/24_and_more", "#outer:SELECT", "", "2026-12-24T00:00:00")]
    [InlineData("2026-12-24", "", "`2026-12-24`, which Ranger cannot read as a date", null)]
    [InlineData("2026-12-24T00:00:00Z", "", "`2026-12-24T00:00:00Z`, which Ranger cannot read as a date", null)]
    [InlineData("2026/02/30", "", "`2026/02/30`, which Ranger cannot read as a date", null)]
    [InlineData("soon", "", "`soon`, which Ranger cannot read as a date", null)]
    [InlineData("", "", "``, which Ranger cannot read as a date", null)]
    [InlineData(null, "", "tag `EXPIRES_ON` has no `expiry_date`", null)]
    public void Access_lasts_until_the_date_and_what_cannot_be_read_counts_against_it(string? date, string grants, string gap, string? until)
    {
        var made = new World(Usual + Condition, $"{Directory} tag:main.sales.orders=EXPIRES_ON{(date is null ? "" : "!" + date)}");
        var state = made.StateOf(Desire.Table);

        Assert.Equal(grants, made.GrantsOn(Desire.Table));
        Assert.Equal(until, state.ValidUntil?.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF", CultureInfo.InvariantCulture));
        Assert.Equal(gap.Length > 0, state.Gaps.Any(found => made.Show(found).StartsWith("?CONDITION_UNSUPPORTED", StringComparison.Ordinal)));
        Assert.Equal(gap.Length > 0, state.Gaps.Any(found => found.Detail.Contains(gap, StringComparison.Ordinal) && gap.Length > 0));
    }

    [Fact]
    public void Access_by_an_expiring_tag_ends_at_the_date_and_not_before()
    {
        var made = new World(Usual + Condition, $"{Directory} tag:main.sales.orders=EXPIRES_ON!2026-11-23T08:01:10.000Z");
        var facts = made.FactsOf(Desire.Table);
        var until = made.StateOf(facts).ValidUntil!.Value;

        Assert.NotEmpty(made.StateOf(facts, until.AddMilliseconds(-1)).Grants);
        Assert.Empty(made.StateOf(facts, until).Grants);
    }

    [Theory]
    [InlineData("main.sales", "#outer:SELECT")] // what contains it is tagged
    [InlineData("main.sales.orders.id", "#outer:SELECT")] // a column of it is
    public void The_date_of_what_is_above_or_below_counts_too(string tagged, string grants)
    {
        var made = new World(Usual + Condition, $"{Directory} tag:{tagged}=EXPIRES_ON!2026/11/24");
        var until = made.StateOf(Desire.Table).ValidUntil;

        Assert.Equal((grants, "2026-11-24"), (made.GrantsOn(Desire.Table), until?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)));
        Assert.Empty(made.StateOf(made.FactsOf(Desire.Table), until).Grants);
    }

    [Fact]
    public void Of_several_tags_the_first_date_counts()
    {
        var made = new World(Usual + Condition, $"{Directory} tag:main.sales.orders=EXPIRES_ON!2026/12/24 tag:main.sales=EXPIRES_ON!2026/12/01");

        Assert.Equal("2026-12-01", made.StateOf(Desire.Table).ValidUntil?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("yes", "2026/12/24", "#outer:SELECT")] // denied after the date
    [InlineData("no", "2026/12/24", "")] // denied until the date
    [InlineData("no", "2026/01/01", "#outer:SELECT")]
    [InlineData("false", "2026/01/01", "#outer:SELECT")]
    [InlineData("no", "never", "")]
    public void The_policy_says_whether_it_must_be_after_the_date(string value, string date, string grants) => Desire.Grants(
        Desire.Table, Usual + "if:accessed-after-expiry=" + value, $"{Directory} tag:main.sales.orders=EXPIRES_ON!{date}", grants);

    [Theory]
    [InlineData("no", "2026/12/24", "ana:SELECT")] // allowed until the date
    [InlineData("no", "2026/01/01", "")]
    [InlineData("yes", "2026/01/01", "ana:SELECT")] // allowed from the date on
    [InlineData("yes", "2026/12/24", "")]
    [InlineData("yes", "never", "")]
    [InlineData("no", "never", "")]
    public void Access_that_a_tag_allows_for_a_time_is_given_for_that_time(string value, string date, string grants) => Desire.Grants(
        Desire.Table, "tag:EXPIRES_ON +ana:select if:accessed-after-expiry=" + value, $"{Directory} tag:main.sales.orders=EXPIRES_ON!{date}", grants);

    [Theory]
    [InlineData("if:expression=ctx.isAccessedAfter('expiry_date')", "#outer:SELECT")]
    [InlineData("if:expression=ctx.result=ctx.isAccessedAfter('expiry_date');", "#outer:SELECT")]
    [InlineData("if:expression=if(ctx.isAccessedAfter('expiry_date'))ctx.result=true;", "#outer:SELECT")]
    [InlineData("if:expression=ctx.isAccessedBefore('expiry_date')", "")]
    [InlineData("if:expression=ctx.isAccessedAfter('other_date')", "")] // there is none
    [InlineData("if:expression=!ctx.isAccessedBefore('expiry_date')", "")] // anything else is known only at a request
    [InlineData("if:expression=ctx.isAccessedAfter('expiry_date')||ctx.isInGroup('x')", "")]
    public void A_script_that_asks_for_nothing_but_a_date_is_a_schedule(string condition, string grants) => Desire.Grants(
        Desire.Table, Usual + condition, $"{Directory} tag:main.sales.orders=EXPIRES_ON!2026/12/24", grants);

    // Ranger moves what it has read in the zone of its machine by the offset of that zone once more.
    [Theory]
    [InlineData("America/Lima", "2026-11-23T08:00:00.000Z", "2026-11-23T18:00:00")] // five hours behind
    [InlineData("Asia/Tokyo", "2026-11-25T00:00:00.000Z", "2026-11-24T06:00:00")] // nine hours ahead
    public void Dates_are_read_in_the_zone_of_Rangers_machines(string zone, string date, string until) => Assert.Equal(
        until,
        new World(Usual + Condition, $"{Directory} zone!{zone} tag:main.sales.orders=EXPIRES_ON!{date}").StateOf(Desire.Table)
            .ValidUntil?.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("tag:EXPIRES_ON mask:#outer=MASK_NULL if:accessed-after-expiry=yes", "2026/12/24")]
    [InlineData("tag:EXPIRES_ON mask:#outer=MASK_NONE if:accessed-after-expiry=no; main.sales.orders.id mask:#outer=MASK_NULL", "2026/12/24")]
    public void Masks_are_not_bound_to_dates_and_stand_against_access_from_the_beginning(string masks, string date) => Desire.Grants(
        Desire.Table, Given + masks, $"{Directory} tag:main.sales.orders.id=EXPIRES_ON!{date}", "");

    [Fact]
    public void A_date_that_cannot_be_read_is_one_gap_for_all_whom_the_policy_names() => Desire.Is(
        Desire.Table, Usual + Condition, $"{Directory} tag:main.sales.orders=EXPIRES_ON!soon", "", "?CONDITION_UNSUPPORTED #public:* 2");
}
