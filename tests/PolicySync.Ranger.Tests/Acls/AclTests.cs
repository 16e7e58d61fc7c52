using PolicySync.Ranger.Conformance.Acls;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Model;
using static PolicySync.Ranger.Tests.Unity;

namespace PolicySync.Ranger.Tests;

/// <summary>Where the ACL says something else than evaluation. The letters are the rows of the note on Ranger, section 3.8.</summary>
public class AclTests
{
    private const string Table = "catalog=main;schema=sales;table=orders";

    [Fact]
    public void A_public_allow_hides_a_users_deny_A()
    {
        var acls = Acls(Policy(1, Table, p =>
        {
            p.PolicyItems = [Item("select", "@public")];
            p.DenyPolicyItems = [Item("select", "bob")];
        }));

        Assert.Equal(AclAccess.Allowed, acls.Groups["public"]["select"].Result);
        Assert.Empty(acls.Users);
    }

    [Fact]
    public void A_deny_with_its_exception_still_denies_C()
    {
        var acls = Acls(
            Policy(1, Table, p =>
            {
                p.DenyPolicyItems = [Item("select", "bob")];
                p.DenyExceptions = [Item("select", "bob")];
            }),
            Policy(2, Table, p => p.PolicyItems = [Item("select", "bob")]));

        Assert.Equal(AclAccess.Denied, acls.Users["bob"]["select"].Result);
    }

    [Fact]
    public void An_allow_with_an_expired_schedule_is_conditional_F()
    {
        var acls = Acls(Policy(1, Table, p =>
        {
            p.PolicyItems = [Item("select", "bob")];
            p.ValiditySchedules = [new() { EndTime = "2020/01/01 00:00:00" }];
        }));

        Assert.Equal(AclAccess.Conditional, acls.Users["bob"]["select"].Result);
    }

    [Fact]
    public void The_owner_macro_is_a_user_like_any_other_G() =>
        Assert.Equal(AclAccess.Allowed, Acls(Policy(1, Table, p => p.PolicyItems = [Item("select", "{OWNER}")])).Users["{OWNER}"]["select"].Result);

    [Fact]
    public void Implied_grants_stand_beside_what_implies_them()
    {
        var acls = Acls(Policy(1, Table, p => p.PolicyItems = [Item("all_privileges", "ann")]));

        Assert.Equal(["all_privileges", "select", "write"], acls.Users["ann"].Keys.Order());
    }

    [Fact]
    public void Outside_the_known_differences_the_acl_says_what_evaluation_says()
    {
        var random = new Random(5);
        var compared = 0;
        for (var round = 0; round < 2_000; round++)
        {
            var engine = Engine([.. Enumerable.Range(1, random.Next(1, 5)).Select(id => RandomPolicy(random, id))]);
            var acls = engine.AclsOf(Resource(Table), Now);
            foreach (var user in (string[])["ann", "bob", "eve"])
            {
                var entry = acls.Users.GetValueOrDefault(user)?.GetValueOrDefault("select");
                var evaluated = engine.Ask(Table, User(user), "select");
                Assert.Equal(evaluated, entry?.Result switch
                {
                    AclAccess.Allowed => AccessVerdict.Allowed,
                    AclAccess.Denied => AccessVerdict.Denied,
                    _ => AccessVerdict.Undetermined,
                });
                compared += evaluated == AccessVerdict.Undetermined ? 0 : 1;
            }
        }

        Assert.True(compared > 1_000);
    }

    private static ResourceAcls Acls(params RangerPolicy[] policies) => Engine(policies).AclsOf(Resource(Table), Now);

    // Without exceptions, public, conditions, priorities and groups, whose rows are known to differ.
    private static RangerPolicy RandomPolicy(Random random, int id) =>
        Policy(id, random.Next(3) == 0 ? "catalog=main;schema=*;table=*" : random.Next(4) == 0 ? "catalog=main;schema=hr;table=*" : Table, p =>
        {
            p.PolicyItems = [Item("select", RandomUsers(random))];
            p.DenyPolicyItems = random.Next(2) == 0 ? [Item("select", RandomUsers(random))] : [];
        });

    private static string RandomUsers(Random random) =>
        string.Join(',', new[] { "ann", "bob", "eve" }.Where(_ => random.Next(3) == 0));
}
