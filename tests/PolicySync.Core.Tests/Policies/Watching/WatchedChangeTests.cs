using PolicySync.Core.Policies.Watching;
using PolicySync.Core.Securables;
using PolicySync.Testing.Language;

namespace PolicySync.Core.Tests.Policies.Watching;

/// <summary>What each kind of change can concern.</summary>
public sealed class WatchedChangeTests
{
    private static readonly string[] Universe =
    [
        "catalog main", "catalog hr", "schema main.a", "schema main.b", "schema hr.s", "table main.a.t", "table main.a.u", "table main.b.t",
        "table hr.s.p", "function main.a.f", "volume main.a.v", "model main.a.m", "external_location files", "connection c1", "metastore m1",
    ];

    private const string Other = "main.b.t +dan:select";

    /// <summary>Policies before and after, the world before and after (null: the same), what is concerned, and whether it is known by name.</summary>
    public static TheoryData<string, string, string, string?, string, bool> Changes => new()
    {
        { Other, $"{Other}; main.a.t +ann:select", "", null, "catalog main, schema main.a, table main.a.t", true },
        { "main.a.t +ann:select", "main.a.t +bob:select", "", null, "catalog main, schema main.a, table main.a.t", true },
        { "main.a.t +ann:select", "main.a.u +ann:select", "", null, "catalog main, schema main.a, table main.a.t, table main.a.u", true },
        { Other, $"{Other}; MAIN.A.T +ann:select", "", null, "catalog main, schema main.a, table main.a.t", true },
        { Other, $"{Other}; main.a.t|u +ann:select", "", null, "catalog main, schema main.a, table main.a.t, table main.a.u", true },
        { Other, $"{Other}; main.a.t/hr.s.p +ann:select", "", null, "catalog main, catalog hr, schema main.a, schema hr.s, table main.a.t, table hr.s.p", true },
        { Other, $"{Other}; main.a.t.ssn mask:ann=MASK", "", null, "catalog main, schema main.a, table main.a.t", true },
        { Other, $"{Other}; main.a.t filter:ann=a<1", "", null, "catalog main, schema main.a, table main.a.t", true },
        { Other, $"{Other}; main +ann:use_catalog", "", null, "catalog main", true },
        { Other, $"{Other}; main.a +ann:use_schema", "", null, "catalog main, schema main.a", true },
        { Other, $"{Other}; fn:main.a.f +ann:execute", "", null, "catalog main, schema main.a, function main.a.f", true },
        { Other, $"{Other}; vol:main.a.v +ann:read_volume", "", null, "catalog main, schema main.a, volume main.a.v", true },
        { Other, $"{Other}; model:main.a.m +ann:execute", "", null, "catalog main, schema main.a, model main.a.m", true },
        { Other, $"{Other}; main.a.* +ann:select", "", null, "catalog main, schema main.a, table main.a.t, table main.a.u", false },
        { Other, $"{Other}; main.*.t +ann:select", "", null, "catalog main, schema main.a, schema main.b, table main.a.t, table main.b.t", false },
        { Other, $"{Other}; main.!a.t +ann:select", "", null, "catalog main, schema main.b, table main.b.t", false },
        { Other, $"{Other}; main.a.t{{USER}} +ann:select", "", null, "catalog main, schema main.a, table main.a.t", false },
        // what is not evaluated differently
        { Other, Other, "", null, "", true },
        { $"{Other}; main.a.t +ann:select off", $"{Other}; main.a.t +bob:select off", "", null, "", true },
        { $"{Other}; main.a.t +ann,bob:select", $"{Other}; main.a.t +bob,ann:select", "", null, "", true },
        // what differs without another item
        { $"{Other}; main.a.t +ann:select off", $"{Other}; main.a.t +ann:select", "", null, "catalog main, schema main.a, table main.a.t", true },
        { $"{Other}; main.a.t +ann:select", $"{Other}; main.a.t +ann:select override", "", null, "catalog main, schema main.a, table main.a.t", true },
        { $"{Other}; main.a.t +ann:select", $"{Other}; main.a.t +ann:select until:2027-01-01", "", null, "catalog main, schema main.a, table main.a.t", true },
        { $"{Other}; main.a.t +ann:select in:z", $"{Other}; main.a.t +ann:select", "zone:z=main.a", "zone:z=main.a", "catalog main, schema main.a, table main.a.t", true },
        // roles, also in roles, and Ranger's groups
        { $"{Other}; main.a.t +%r:select", $"{Other}; main.a.t +%r:select", "%r=ann", "%r=ann,bob", "catalog main, schema main.a, table main.a.t", true },
        { $"{Other}; main.a.t +%r:select", $"{Other}; main.a.t +%r:select", "%r=%s %s=ann", "%r=%s %s=bob", "catalog main, schema main.a, table main.a.t", true },
        { $"{Other}; main.a.t +%r:select", $"{Other}; main.a.t +%r:select", "%r=ann", "", "catalog main, schema main.a, table main.a.t", true },
        { $"{Other}; main.a.t +%r:select", $"{Other}; main.a.t +%r:select", "%r=ann %s=bob", "%r=ann %s=dan", "", true },
        { $"{Other}; main.a.t +#old:select", $"{Other}; main.a.t +#old:select", "store:ann=#old", "store:bob=#old", "catalog main, schema main.a, table main.a.t", true },
        { $"{Other}; main.a.t +%r:select", $"{Other}; main.a.t +%r:select", "%r=#old store:ann=#old", "%r=#old store:bob=#old", "catalog main, schema main.a, table main.a.t", true },
        // the directory
        { $"{Other}; main.a.t +ann:select", $"{Other}; main.a.t +ann:select", "users=bob", "users=bob,ann", "catalog main, schema main.a, table main.a.t", true },
        { $"{Other}; main.a.t +#g:select", $"{Other}; main.a.t +#g:select", "users=bob", "#g=bob", "catalog main, schema main.a, table main.a.t", true },
        { $"{Other}; main.a.t +#g:select", $"{Other}; main.a.t +#g:select", "#g=bob", "#g!=bob", "catalog main, schema main.a, table main.a.t", true },
        { $"{Other}; main.a.t +#g:select", $"{Other}; main.a.t +#g:select", "#g=bob users=ann", "#g=bob,ann", "", true },
        { $"{Other}; main.a.t +#g:select -#h:select", $"{Other}; main.a.t +#g:select -#h:select", "#g=bob #h=dan users=ann", "#g=bob #h=dan,ann", "catalog main, schema main.a, table main.a.t", true },
        { $"{Other}; main.a.t +#g:select; main.a.* -ann:select", $"{Other}; main.a.t +#g:select; main.a.* -ann:select", "#g=bob users=ann", "#g=bob,ann", "catalog main, schema main.a, table main.a.t", true },
        { $"{Other}; main.a.t filter:#g=a<1", $"{Other}; main.a.t filter:#g=a<1", "#g=bob users=ann", "#g=bob,ann", "catalog main, schema main.a, table main.a.t", true },
        { $"{Other}; main.a.t -%r:select", $"{Other}; main.a.t -%r:select", "%r=#g #g=bob users=ann", "%r=#g #g=bob,ann", "catalog main, schema main.a, table main.a.t", true },
        // tags
        { $"{Other}; tag:pii -ann:select", $"{Other}; tag:pii -ann:select", "tag:main.a.u=pii", "tag:main.a.u=pii tag:main.a.t=pii", "catalog main, schema main.a, table main.a.t", true },
        { $"{Other}; tag:pii -ann:select", $"{Other}; tag:pii -ann:select", "tag:main.a.u=pii", "tag:main.a.u=pii tag:main.a.t.ssn=pii", "catalog main, schema main.a, table main.a.t", true },
        { $"{Other}; tag:pii -ann:select", $"{Other}; tag:pii -ann:select", "tag:main.a.u=pii", "tag:main.a.u=pii@2027-01-01", "catalog main, schema main.a, table main.a.u", true },
        { $"{Other}; tag:pii -ann:select", $"{Other}; tag:pii -ann:select", "tag:main.b=pii", "", "catalog main, schema main.b, table main.b.t", false },
        { $"{Other}; tag:pii -ann:select", $"{Other}; tag:pii -ann:select", "tag:main.a.t=pii", "tag:main.a.t=pii tag:main.a.u=other", "", true },
        { Other, Other, "tag:main.a.t=pii", "tag:main.a.t=old", "", true },
        { $"{Other}; tag:pii -ann:select", $"{Other}; tag:pii -bob:select", "tag:main.a.t=pii", null, "catalog main, catalog hr, schema main.a, schema main.b, schema hr.s, table main.a.t", false },
        // zones
        { Other, Other, "", "zone:z=hr.s", "catalog hr, schema hr.s, table hr.s.p", false },
        { Other, Other, "zone:z=main.a.t", "zone:y=main.a.t", "catalog main, schema main.a, table main.a.t", true },
        { Other, Other, "zone:z=main.a.t", "zone:z=main.a.u", "catalog main, schema main.a, table main.a.t, table main.a.u", true },
        { Other, Other, "zone:z=main.a.t", "zone:z!=main.a.t", "catalog main, schema main.a, table main.a.t", true },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_change_concerns_what_it_can_change(string before, string after, string was, string? now, string expected, bool isNamed)
    {
        var change = Between(before, after, was, now ?? was);

        Assert.Null(change.Everything);
        Assert.Equal(expected, string.Join(", ", Universe.Where(text => change.Concerns(Securable.OfText(text)!))));
        Assert.Equal(expected.Length == 0, change.IsNothing);
        Assert.Equal(isNamed, change.Named is not null);
        if (isNamed)
        {
            Assert.Subset(change.Named!.Select(one => $"{one}").ToHashSet(), expected.Split(", ", StringSplitOptions.RemoveEmptyEntries).ToHashSet());
        }
    }

    [Theory]
    [InlineData("", "expand=2", "settings")]
    [InlineData("", "rolesAsGroups", "settings")]
    [InlineData("", "map:^x$>y", "settings")]
    [InlineData("", "zone!America/Lima", "settings")]
    public void A_setting_that_decides_about_grants_concerns_everything(string was, string now, string reason) =>
        Assert.StartsWith(reason, Between(Other, Other, was, now).Everything, StringComparison.Ordinal);

    [Fact]
    public void A_tag_download_that_comes_or_goes_concerns_everything_where_there_are_tag_policies()
    {
        Assert.Equal("the tag download came or went", Between($"{Other}; tag:pii -ann:select", $"{Other}; tag:pii -ann:select", "", "untold").Everything);
        Assert.True(Between(Other, Other, "", "untold").IsNothing);
    }

    [Fact]
    public void A_tag_policy_concerns_everything_where_tags_come_from_elsewhere()
    {
        var (was, now) = (new World($"{Other}; tag:pii -ann:select"), new World($"{Other}; tag:pii -bob:select"));

        Assert.Contains("not known what carries its tags", WatchedChange.Between(was.Watched, now.Watched, tagsElsewhere: true).Everything, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_stored_is_compared_as_what_is_in_memory()
    {
        var (was, now) = (new World($"{Other}; main.a.t +%r:select", "%r=ann tag:main.a.t=pii"), new World($"{Other}; main.a.t +%r:select", "%r=bob tag:main.a.t=pii"));

        var change = WatchedChange.Between(WatchedPolicies.Read(was.Watched.Write()), now.Watched, tagsElsewhere: false);

        Assert.Equal(["catalog main", "schema main.a", "table main.a.t"], change.Named!.Select(one => $"{one}").Order(StringComparer.Ordinal));
        Assert.True(WatchedChange.Between(WatchedPolicies.Read(now.Watched.Write()), now.Watched, tagsElsewhere: false).IsNothing);
    }

    [Fact]
    public void What_was_stored_and_is_damaged_is_refused()
    {
        var stored = new World(Other).Watched.Write();

        foreach (var length in new[] { 0, 1, 10, stored.Length / 2, stored.Length - 1 })
        {
            Assert.Throws<PolicySync.Ranger.Json.RangerFormatException>(() => WatchedPolicies.Read(stored[..length]));
        }
    }

    private static WatchedChange Between(string before, string after, string was, string now) =>
        WatchedChange.Between(new World(before, was).Watched, new World(after, now).Watched, tagsElsewhere: false);
}
