using PolicySync.Core.Errors;
using PolicySync.Core.Options;
using PolicySync.Core.Policies;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Tests.Policies;

public sealed class NameMapperTests
{
    [Theory]
    [InlineData("Ann@X.com", "ann@x.com")]
    [InlineData("2F1B6E1C-3A4D-4F5E-8B9A-0C1D2E3F4A5B", "2f1b6e1c-3a4d-4f5e-8b9a-0c1d2e3f4a5b")]
    [InlineData("etl", "etl")]
    [InlineData("ETL", "ETL")]
    [InlineData("{USER}", "{USER}")]
    [InlineData("{OWNER}", "{OWNER}")]
    public void Only_what_Unity_Catalog_compares_without_case_is_folded(string name, string key) =>
        Assert.Equal(key, new NameMapper([]).KeyOf(name));

    [Fact]
    public void Rules_apply_in_order_each_to_the_result_of_the_one_before()
    {
        var mapper = new NameMapper([Rule("^CORP\\\\", ""), Rule("^(\\w+)$", "$1@Corp.io"), Rule("@Corp\\.io$", "@corp.com")]);
        Assert.Equal("ann@corp.com", mapper.KeyOf("CORP\\Ann"));
        Assert.Equal("CORP\\Ann", mapper.Spelled("ann@corp.com"));
        Assert.Equal("Ann@corp.com", mapper.Sendable("ann@corp.com"));
    }

    [Fact]
    public void A_macro_is_never_rewritten() => Assert.Equal("{USER}", new NameMapper([Rule(".*", "x")]).KeyOf("{USER}"));

    [Fact]
    public void Every_user_name_of_a_download_is_rewritten_and_no_group()
    {
        var zone = new RangerPolicy { PolicyItems = [Item("Zed@X.com")] };
        var ofTag = new RangerPolicy { DenyPolicyItems = [Item("Ivy@X.com")] };
        var policy = new RangerPolicy
        {
            PolicyItems = [Item("Ann@X.com")], DenyPolicyItems = [Item("Bob@X.com")],
            AllowExceptions = [Item("Cat@X.com")], DenyExceptions = [Item("Dan@X.com")],
            DataMaskPolicyItems = [new() { Users = ["Eve@X.com"] }], RowFilterPolicyItems = [new() { Users = ["Fay@X.com"], Groups = ["Team@X.com"] }],
        };
        var download = new PolicyDownload(
            "stamp",
            new ServicePolicies { Policies = [policy], SecurityZones = { ["z"] = new() { Policies = [zone] } }, TagPolicies = new() { Policies = [ofTag] } },
            new RangerRoles { Roles = [new() { Name = "R@X", Users = [new() { Name = "Gil@X.com" }], Groups = [new() { Name = "Team@X.com" }] }] },
            new RangerUserStore { UserGroupMapping = { ["Hal@X.com"] = ["a", "b"], ["hal@x.com"] = ["b", "c"] } },
            null);

        new NameMapper([]).Apply(download);

        var items = policy.PolicyItems.Concat(policy.DenyPolicyItems).Concat(policy.AllowExceptions).Concat(policy.DenyExceptions)
            .Concat(policy.DataMaskPolicyItems).Concat(policy.RowFilterPolicyItems).Concat(zone.PolicyItems).Concat(ofTag.DenyPolicyItems);
        Assert.Equal("ann bob cat dan eve fay zed ivy", string.Join(' ', items.Select(item => Assert.Single(item.Users).Split('@')[0])));
        Assert.Equal("Team@X.com", policy.RowFilterPolicyItems[0].Groups[0]);
        Assert.Equal(("R@X", "gil@x.com", "Team@X.com"), (download.Roles!.Roles[0].Name, download.Roles.Roles[0].Users[0].Name, download.Roles.Roles[0].Groups[0].Name));
        Assert.Equal(["a", "b", "c"], download.UserStore!.UserGroupMapping["hal@x.com"]);
    }

    [Theory]
    [InlineData("public", "public")]
    [InlineData("account users", "account users")]
    public void Everybody_is_spelled_as_the_policies_do(string group, string spelled)
    {
        var mapper = new NameMapper([]);
        mapper.Apply(new PolicyDownload(
            "stamp", new ServicePolicies { Policies = [new() { PolicyItems = [new() { Groups = [group] }] }] }, null, null, null));
        Assert.Equal(spelled, mapper.SpelledGroup("account users"));
        Assert.Equal("sales", mapper.SpelledGroup("sales"));
    }

    [Fact]
    public void A_pattern_that_runs_away_makes_the_policies_unavailable()
    {
        var policies = new ServicePolicies
        {
            ServiceDef = UnityCatalogServiceDef.Read(), Policies = [new() { PolicyItems = [Item(new string('a', 60) + "!")] }],
        };
        var refusal = Assert.Throws<SyncException>(() => PolicySnapshot.Compile(
            new PolicyDownload("stamp", policies, null, null, null), new PolicyBaseline(1, "stamp", 1), [Rule("^(a+)+$", "x")]));
        Assert.Equal(SyncErrorCode.PoliciesUnavailable, refusal.Code);
    }

    private static NameMapping Rule(string match, string replace) => new() { Match = match, Replace = replace };

    private static RangerPolicyItem Item(string user) => new() { Users = [user] };
}
