using PolicySync.Ranger.Model;
using PolicySync.Ranger.Roles;

namespace PolicySync.Ranger.Tests;

public class RoleGraphTests
{
    private static readonly RoleGraph Roles = new(new RangerRoles
    {
        Roles =
        [
            Role("company", roles: ["sales", "hr"]),
            Role("sales", users: ["ann"], groups: ["sellers"], roles: ["company"]), // a circle
            Role("hr", users: ["bob"]),
            Role("everybody", groups: ["public"]),
        ],
    });

    [Theory]
    [InlineData("ann", "", "company,everybody,sales")]
    [InlineData("bob", "", "company,everybody,hr,sales")]
    [InlineData("Ann", "", "everybody")]
    [InlineData(null, "sellers", "company,everybody,sales")]
    [InlineData("eve", "strangers", "everybody")]
    public void A_member_has_the_role_and_all_that_contain_it(string? user, string group, string expected) =>
        Assert.Equal(expected.Split(','), Roles.RolesOf(user, [group]).Order());

    [Fact]
    public void A_role_has_the_members_of_all_that_it_contains()
    {
        var (users, groups) = Roles.MembersOf("company");

        Assert.Equal(["ann", "bob"], users.Order());
        Assert.Equal(["sellers"], groups);
    }

    [Fact]
    public void A_long_chain_of_roles_is_followed_to_its_end()
    {
        var chain = Enumerable.Range(0, 100_000).Select(i => Role($"r{i}", users: i == 0 ? ["ann"] : [], roles: i == 0 ? [] : [$"r{i - 1}"]));
        var roles = new RoleGraph(new RangerRoles { Roles = [.. chain] });

        Assert.Equal(100_000, roles.RolesOf("ann", []).Count);
        Assert.Contains("ann", roles.MembersOf("r99999").Users);
    }

    [Fact]
    public void A_role_that_does_not_exist_has_nobody()
    {
        Assert.False(Roles.Exists("nobody"));
        Assert.Empty(Roles.MembersOf("nobody").Users);
    }

    private static RangerRole Role(string name, string[]? users = null, string[]? groups = null, string[]? roles = null) => new()
    {
        Name = name,
        Users = [.. (users ?? []).Select(Member)],
        Groups = [.. (groups ?? []).Select(Member)],
        Roles = [.. (roles ?? []).Select(Member)],
    };

    private static RangerRoleMember Member(string name) => new() { Name = name };
}
