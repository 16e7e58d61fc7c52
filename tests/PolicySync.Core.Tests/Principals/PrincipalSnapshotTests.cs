using PolicySync.Core.Principals;

namespace PolicySync.Core.Tests.Principals;

public sealed class PrincipalSnapshotTests
{
    private const string App = "2F1B6E1C-3A4D-4F5E-8B9A-0C1D2E3F4A5B";

    private static readonly PrincipalSnapshot Directory = new(
        [new("1", "Ann@X.com", Active: true), new("2", "bob@x.com", Active: false)],
        [new("3", App, Active: true)],
        [
            new("10", "outer", IsAccountGroup: true, ["11", "2"]),
            new("11", "inner", IsAccountGroup: true, ["1", "3", "10"]),
            new("12", "half", IsAccountGroup: true, ["1", "99"]),
            new("13", "around", IsAccountGroup: true, ["12"]),
            new("14", "local", IsAccountGroup: false, ["1"]),
            new("15", "both", IsAccountGroup: true, ["2"]),
            new("16", "both", IsAccountGroup: false, ["1"]),
            new("17", "Team@X.com", IsAccountGroup: true, ["2"]),
        ],
        self: null);

    [Theory]
    [InlineData("ANN@x.com", PrincipalKind.User)]
    [InlineData("2f1b6e1c-3a4d-4f5e-8b9a-0c1d2e3f4a5b", PrincipalKind.ServicePrincipal)]
    [InlineData("outer", PrincipalKind.Group)]
    [InlineData("Outer", PrincipalKind.Unknown)]
    [InlineData("local", PrincipalKind.WorkspaceGroup)]
    [InlineData("both", PrincipalKind.Group)]
    [InlineData("account users", PrincipalKind.Group)]
    [InlineData("Team@X.com", PrincipalKind.Group)]
    [InlineData("team@x.com", PrincipalKind.Unknown)]
    [InlineData("zed@x.com", PrincipalKind.Unknown)]
    public void Users_are_found_without_case_and_groups_with_it(string name, PrincipalKind kind) => Assert.Equal(kind, Directory.KindOf(name));

    [Fact]
    public void A_user_is_no_group_and_a_group_no_user()
    {
        Assert.Equal((PrincipalKind.User, PrincipalKind.Unknown), (Directory.KindOfUser("ann@x.com"), Directory.KindOfGroup("ann@x.com")));
        Assert.Equal((PrincipalKind.Unknown, PrincipalKind.Group), (Directory.KindOfUser("outer"), Directory.KindOfGroup("outer")));
    }

    [Theory]
    [InlineData("outer", $"ann@x.com bob@x.com {"2f1b6e1c-3a4d-4f5e-8b9a-0c1d2e3f4a5b"}")] // a circle, and a deactivated user
    [InlineData("inner", $"ann@x.com bob@x.com {"2f1b6e1c-3a4d-4f5e-8b9a-0c1d2e3f4a5b"}")]
    [InlineData("both", "bob@x.com")]
    [InlineData("account users", $"ann@x.com bob@x.com {"2f1b6e1c-3a4d-4f5e-8b9a-0c1d2e3f4a5b"}")]
    [InlineData("half", null)] // lists somebody who is not listed
    [InlineData("around", null)]
    [InlineData("gone", null)]
    public void Members_are_transitive_or_not_known(string group, string? members) =>
        Assert.Equal(members?.Split(' ').Order(), Directory.MembersOf(group)?.Order());

    [Theory]
    [InlineData("ANN@x.com", "around half inner local outer")] // not in the account group "both"
    [InlineData("bob@x.com", "Team@X.com both inner outer")]
    [InlineData("half", "around")]
    [InlineData("zed@x.com", "")]
    public void Groups_are_transitive(string name, string groups) =>
        Assert.Equal(groups, string.Join(' ', Directory.GroupsOf(name).Order(StringComparer.Ordinal)));

    [Fact]
    public void Names_are_sent_as_they_are_stored()
    {
        Assert.Equal("Ann@X.com", Directory.StoredName("ann@x.com"));
        Assert.Equal(App, Directory.StoredName(App.ToLowerInvariant()));
        Assert.Equal("outer", Directory.StoredName("outer"));
    }
}
