using PolicySync.Ranger.Evaluation;
using static PolicySync.Ranger.Tests.Unity;

namespace PolicySync.Ranger.Tests;

public class PolicyItemTests
{
    private const string Table = "catalog=main;schema=sales;table=orders";

    [Theory]
    [InlineData("ann", "ann", true)]
    [InlineData("ann", "Ann", false)] // names compare with case; the service folds e-mails before it asks
    [InlineData("ann", "{USER}", true)]
    [InlineData("ann", "@staff", true)]
    [InlineData("ann", "@Staff", false)]
    [InlineData("ann", "@public", true)]
    [InlineData("ann", "bob,@other", false)]
    [InlineData(null, "{USER}", false)] // a group is no user
    [InlineData(null, "@public", true)]
    public void An_item_is_for_those_whom_it_names(string? user, string principals, bool allowed)
    {
        var engine = Engine(Policy(1, Table, p => p.PolicyItems = [Item("select", principals)]));
        var subject = new Subject(user, new HashSet<string> { "staff" }, new HashSet<string>());

        Assert.Equal(allowed, engine.Ask(Table, subject, "select") == AccessVerdict.Allowed);
    }

    [Fact]
    public void Every_user_matches_the_user_macro_without_a_name()
    {
        var engine = Engine(Policy(1, Table, p => p.PolicyItems = [Item("select", "{USER}")]));
        var everyUser = new Subject(null, new HashSet<string>(), new HashSet<string>()) { IsAnyUser = true };

        Assert.Equal(AccessVerdict.Allowed, engine.Ask(Table, everyUser, "select"));
    }

    [Theory]
    [InlineData("ann", AccessVerdict.Allowed)]
    [InlineData("bob", AccessVerdict.Undetermined)]
    [InlineData(null, AccessVerdict.Undetermined)]
    public void The_owner_macro_is_the_owner_when_it_is_known(string? owner, AccessVerdict expected)
    {
        var engine = Engine(Policy(1, Table, p => p.PolicyItems = [Item("select", "{OWNER}")]));

        Assert.Equal(expected, engine.ViewOf(Resource(Table, owner), Now).Evaluate(User("ann"), "select").Verdict);
    }

    [Theory]
    [InlineData("SELECT", true)] // access types compare without case
    [InlineData("modify", false)] // what write implies is not followed: all_privileges implies write, write implies modify
    [InlineData("write", true)]
    [InlineData("manage", false)]
    public void Implied_grants_are_followed_for_one_round(string access, bool allowed)
    {
        var engine = Engine(Policy(1, Table, p => p.PolicyItems = [Item("all_privileges", "ann")]));

        Assert.Equal(allowed, engine.Ask(Table, User("ann"), access) == AccessVerdict.Allowed);
        Assert.Equal(["select", "write"], engine.ImpliedBy("all_privileges").Order());
    }

    [Fact]
    public void An_access_that_is_switched_off_gives_nothing()
    {
        var item = Item("select,modify", "ann");
        item.Accesses[0].IsAllowed = false;
        var engine = Engine(Policy(1, Table, p => p.PolicyItems = [item]));

        Assert.Equal(AccessVerdict.Undetermined, engine.Ask(Table, User("ann"), "select"));
        Assert.Equal(AccessVerdict.Allowed, engine.Ask(Table, User("ann"), "modify"));
    }

    [Fact]
    public void The_right_to_manage_policies_comes_from_delegate_admin_alone()
    {
        var item = Item("select", "ann");
        item.DelegateAdmin = true;
        var engine = Engine(Policy(1, Table, p => p.PolicyItems = [item, Item("select", "bob")]));

        Assert.Equal(AccessVerdict.Allowed, engine.Ask(Table, User("ann"), AccessRequest.AdminAccess));
        Assert.Equal(AccessVerdict.Undetermined, engine.Ask(Table, User("bob"), AccessRequest.AdminAccess));
    }
}
