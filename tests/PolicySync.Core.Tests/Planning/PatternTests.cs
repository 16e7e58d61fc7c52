using PolicySync.Core.Options;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Securables;

namespace PolicySync.Core.Tests.Planning;

public sealed class PatternTests
{
    [Theory]
    [InlineData("main", "main.sales.orders", true)]
    [InlineData("main", "MAIN", true)]
    [InlineData("main.sales", "main", false)]
    [InlineData("*", "m*.?", true)]
    [InlineData("m*", "main.*", true)]
    [InlineData("m?in", "main", true)]
    [InlineData("m*", "m?in", false)] // which it does, but that takes more than a look
    [InlineData("m*", "*", false)]
    [InlineData("main.s*", "main.sales*", false)]
    [InlineData("main.s*", "main.S*.orders", true)]
    public void A_pattern_covers_another_where_each_of_its_segments_does(string pattern, string other, bool covers) =>
        Assert.Equal(covers, NamePattern.Parse(pattern).CoversAllOf(NamePattern.Parse(other)));

    [Theory]
    //          pattern, securable, covered, worth entering
    [InlineData("main", "main", true, true)]
    [InlineData("main", "main.sales.orders", true, true)] // and all below
    [InlineData("main", "main2", false, false)]
    [InlineData("MAIN.Sales", "main.sales", true, true)] // without case
    [InlineData("main.sales", "main", false, true)] // the container is not named, what it holds is
    [InlineData("main.sales", "main.hr", false, false)]
    [InlineData("*.hr", "main", false, true)]
    [InlineData("*.hr", "main.hr.people", true, true)]
    [InlineData("*.hr", "main.sales", false, false)]
    [InlineData("m*.*.tmp_?", "main.sales.tmp_1", true, true)]
    [InlineData("m*.*.tmp_?", "main.sales.tmp_10", false, false)]
    [InlineData("m*.*.tmp_?", "main.sales", false, true)]
    [InlineData("m*n", "main", true, true)] // a star stays in its segment
    [InlineData("m*s", "main.sales", false, false)]
    [InlineData("*", "anything.at.all", true, true)]
    [InlineData("a*b*c", "axbxbc", true, true)]
    [InlineData("a*b*c", "axbxb", false, false)]
    [InlineData("**", "x", true, true)]
    public void A_pattern_covers_what_it_names_and_all_below(string pattern, string name, bool covers, bool enter)
    {
        var securable = Named(name);

        Assert.Equal(covers, NamePattern.Parse(pattern).Covers(securable));
        Assert.Equal(enter, NamePattern.Parse(pattern).CouldCoverBelow(securable));
    }

    [Theory]
    [InlineData("land*", true)]
    [InlineData("*", true)]
    [InlineData("other", false)]
    [InlineData("*.landing", false)]
    public void A_pattern_of_one_segment_names_what_stands_beside_catalogs_too(string pattern, bool covers)
    {
        var location = Securable.Parse(SecurableType.ExternalLocation, "landing");

        Assert.Equal(covers, NamePattern.Parse(pattern).Covers(location));
    }

    [Theory]
    [InlineData("", "has an empty segment")]
    [InlineData("main..orders", "has an empty segment")]
    [InlineData("main.", "has an empty segment")]
    [InlineData("a.b.c.d", "has more than 3 segments")]
    [InlineData("a.b.c", null)]
    public void What_is_not_a_pattern_says_why(string text, string? fault) => Assert.Equal(fault, NamePattern.Fault(text));

    [Fact]
    public void A_hostile_pattern_is_matched_in_no_time()
    {
        var pattern = string.Concat(Enumerable.Repeat("*a", 60)) + "b";

        Assert.False(NamePattern.Parse(pattern).Covers(Securable.Catalog(new string('a', 255))));
    }

    [Theory]
    //          include, exclude, securable, covered, worth entering
    [InlineData("", "", "main.sales.orders", true, true)] // no includes: everything
    [InlineData("main", "", "main.sales.orders", true, true)]
    [InlineData("main", "", "dev", false, false)]
    [InlineData("main", "*.hr", "main.hr.people", false, false)] // exclude wins
    [InlineData("main.hr", "main", "main.hr", false, false)]
    [InlineData("", "*.*.secret", "main.hr", true, true)]
    [InlineData("*.*.orders", "", "main", false, true)]
    [InlineData("*.*.orders", "", "main.sales", false, true)]
    [InlineData("", "", "main.policysync_guards", false, false)] // guard functions are nobody's to grant
    [InlineData("main", "", "main.policysync_guards.f", false, false)]
    public void Excludes_win_and_no_includes_are_everything(string include, string exclude, string name, bool covers, bool enter)
    {
        var managed = Managed(sets => sets.Securables, include, exclude);

        Assert.Equal(covers, managed.Covers(Named(name)));
        Assert.Equal(enter, managed.CouldCoverBelow(Named(name)));
    }

    [Theory]
    [InlineData("*@x.com", "Ann.Lee@X.COM", true)] // dots mean nothing, e-mails have no case
    [InlineData("ANN@x.com", "ann@x.com", true)]
    [InlineData("data-*", "data-engineers", true)]
    [InlineData("Data-*", "data-engineers", false)] // groups have
    [InlineData("1F0B6B1E-*", "1f0b6b1e-3f0a-4c55-9d6c-0a8f3c7d2e11", true)]
    [InlineData("account users", "account users", true)]
    public void Principals_match_as_unity_catalog_compares_them(string include, string principal, bool covers)
    {
        Assert.Equal(covers, Managed(sets => sets.Principals, include, "").CoversPrincipal(principal));
        Assert.Equal(!covers, Managed(sets => sets.Principals, "", include).CoversPrincipal(principal));
        Assert.False(Managed(sets => sets.Principals, include, "").CoversNameless);
    }

    [Theory]
    [InlineData("select", "SELECT", true)]
    [InlineData("use *", "USE_SCHEMA", true)]
    [InlineData("EXTERNAL_USE_*", "MANAGE", false)]
    public void Privileges_match_in_any_spelling(string include, string privilege, bool covers) =>
        Assert.Equal(covers, Managed(sets => sets.Privileges, include, "").CoversPrivilege(privilege));

    [Theory]
    [InlineData("main.sales.orders", SyncMode.Additive)] // the first that covers
    [InlineData("main.hr", SyncMode.Exact)]
    [InlineData("main", SyncMode.Exact)]
    [InlineData("dev", SyncMode.Owned)] // none: the general one
    public void The_first_scope_that_covers_gives_the_mode(string name, SyncMode mode)
    {
        var options = new SyncOptions { Mode = SyncMode.Owned };
        options.Scopes.Add(new() { Pattern = "main.sales", Mode = SyncMode.Additive });
        options.Scopes.Add(new() { Pattern = "main", Mode = SyncMode.Exact });
        options.Scopes.Add(new() { Pattern = "main.hr", Mode = SyncMode.Additive });

        Assert.Equal(mode, new Managed(options).ModeOf(Named(name)));
    }

    private static Managed Managed(Func<ManagedSets, ManagedSet> set, string include, string exclude)
    {
        var options = new SyncOptions();
        foreach (var (list, text) in new[] { (set(options.Managed).Include, include), (set(options.Managed).Exclude, exclude) })
        {
            if (text.Length > 0)
            {
                list.Add(text);
            }
        }

        return new(options);
    }

    private static Securable Named(string name) => Securable.Parse(
        name.Split('.').Length switch { 1 => SecurableType.Catalog, 2 => SecurableType.Schema, _ => SecurableType.Table }, name);
}
