using System.Text.Json;
using PolicySync.Core.Planning;

namespace PolicySync.Core.Tests.Planning;

/// <summary>What is ours, and until when. The notation is explained at <see cref="Notation"/>.</summary>
public sealed class LedgerTests
{
    private static readonly TimeSpan VerifyTimeout = TimeSpan.FromSeconds(60);
    private static readonly DateTimeOffset Now = Notation.Then.AddHours(1);

    [Fact]
    public void The_JSON_of_a_ledger_does_not_change()
    {
        var ledger = new Ledger("object-1",
        [
            new()
            {
                Principal = "ann@x.com", PrincipalId = 7, Privilege = "SELECT", PolicyId = 42, PolicyName = "sales read",
                TaskId = "574057046565109672", GrantedAt = new(2026, 11, 23, 8, 0, 0, TimeSpan.Zero),
            },
            new()
            {
                Principal = "sales", PrincipalId = 8, Deleted = true, Privilege = "MODIFY",
                TaskId = "1", GrantedAt = new(2026, 11, 23, 8, 0, 0, TimeSpan.Zero),
            },
        ]);
        const string Json =
            """
            {"identity":"object-1","entries":[{"principal":"ann@x.com","principalId":7,"privilege":"SELECT","policyId":42,"policyName":"sales read","taskId":"574057046565109672","grantedAt":"2026-11-23T08:00:00+00:00"},{"principal":"sales","principalId":8,"deleted":true,"privilege":"MODIFY","taskId":"1","grantedAt":"2026-11-23T08:00:00+00:00"}]}
            """;

        Assert.Equal(Json, JsonSerializer.Serialize(ledger));
        Assert.Equal(Json, JsonSerializer.Serialize(JsonSerializer.Deserialize<Ledger>(Json)));
    }

    [Theory]
    [InlineData("{}", "")]
    [InlineData("""{"entries":null}""", "")]
    [InlineData("""{"entries":[{"principal":"ann","privilege":"SELECT"}]}""", "ann:SELECT")]
    [InlineData("""{"identity":"x","newer":1,"entries":[{"principal":"ann","privilege":"SELECT","newer":{}}]}""", "ann:SELECT")]
    public void Members_may_be_missing_or_new_in_what_is_stored(string json, string expected) =>
        Assert.Equal(expected, Notation.Write(JsonSerializer.Deserialize<Ledger>(json)!));

    [Theory]
    [InlineData("object-1", "ann:SELECT", "ann:SELECT")]
    [InlineData("object-2", "ann:SELECT", "")] // another object under the name
    [InlineData("object", "ann:SELECT", "")] // an id without a digit
    [InlineData("1793260800", "ann:SELECT", "ann:SELECT")] // a time of creation proves nothing about an id
    [InlineData(null, "ann:SELECT", "ann:SELECT")] // not told: nothing is known to be another
    public void Another_object_under_the_name_starts_an_empty_ledger(string? identity, string before, string after)
    {
        var ledger = Notation.Owned(before).ForIdentity(identity);

        Assert.Equal(after, Notation.Write(ledger));
    }

    [Fact]
    public void An_empty_ledger_is_nobodys_and_is_bound_by_its_first_intent()
    {
        Assert.Same(Ledger.Empty, Ledger.Empty.ForIdentity("object-1"));
        Assert.Equal("object-1", Ledger.Empty.WithIntent(Plan("ann:SELECT", "", Ledger.Empty), "2", Now).Identity);
    }

    [Theory]
    [InlineData("object-1", null, "object-1")] // an answer without an id proves nothing
    [InlineData("1793260800", "object-1", "object-1")] // the id is known at last
    public void An_intent_binds_the_ledger_to_the_object_that_the_plan_read(string? before, string? read, string after)
    {
        var ledger = new Ledger(before, Notation.Owned("ann:SELECT").Entries);
        var plan = GrantPlanner.Plan(new()
        {
            Facts = Notation.Schema with { Identity = read }, Desired = Notation.Desired("bob:SELECT"), Current = [], Ledger = ledger,
        });

        Assert.Equal(after, ledger.WithIntent(plan, "2", Now).Identity);
    }

    [Fact]
    public void Intent_is_what_is_ours_and_what_is_to_be_granted()
    {
        var ledger = Notation.Owned("ann:SELECT bob:SELECT");
        var intent = ledger.WithIntent(Plan("ann:SELECT eve:SELECT", "ann:SELECT bob:SELECT", ledger), "2", Now);

        Assert.Equal("ann:SELECT bob:SELECT eve:SELECT", Notation.Write(intent)); // bob's goes only when verified
        var entry = intent.Entries[2];
        Assert.Equal(("2", Now, 1L, "policy 1"), (entry.TaskId, entry.GrantedAt, entry.PolicyId, entry.PolicyName));
    }

    [Theory]
    //           ours                    desired       current                 read after the PATCH   ours then
    [InlineData("", "ann:SELECT", "", "ann/7:SELECT", "ann/7:SELECT")] // the id is known from the read
    [InlineData("ann/7:SELECT", "", "ann/7:SELECT", "", "")]
    [InlineData("ann/7:SELECT", "", "ann/7:SELECT", "ann/7:SELECT", "ann/7:SELECT")] // does not show yet
    [InlineData("ann/7:SELECT", "bob:SELECT", "ann/7:SELECT", "ann/7:SELECT bob/8:SELECT", "ann/7:SELECT bob:SELECT")] // half
    [InlineData("ann/7:SELECT", "ann:ALL", "ann/7:SELECT", "ann/7:ALL", "ann/7:ALL")]
    [InlineData("ann/7:ALL", "ann:SELECT", "ann/7:ALL ann/7:MODIFY", "ann/7:SELECT ann/7:MODIFY", "ann/7:SELECT")] // MODIFY: added again, not ours
    [InlineData("sales/7:SELECT", "sales:SELECT", "#7:SELECT", "sales/8:SELECT", "sales/8:SELECT")] // made again
    [InlineData("eve/9:MODIFY", "ann:SELECT", "eve/9:SELECT", "eve/9:SELECT ann/7:SELECT", "ann/7:SELECT eve/9:MODIFY")] // only an opening read drops
    public void An_entry_leaves_only_when_its_revoke_shows(string ours, string desired, string current, string read, string expected)
    {
        var ledger = Observe(Notation.Owned(ours), current, lastWrite: Now); // too early to drop anything
        var plan = Plan(desired, current, ledger);

        var after = ledger.WithIntent(plan, "2", Now).AfterVerified(plan, Notation.Current(read));

        Assert.Equal(expected, Notation.Write(after));
    }

    [Fact]
    public void What_the_server_refused_is_not_ours()
    {
        var plan = Plan("ann:SELECT bob:SELECT ann:FLY", "", Ledger.Empty);
        var intent = Ledger.Empty.WithIntent(plan, "2", Now);

        var after = intent.AfterVerified(plan.Without("bob").WithoutPrivilege("FLY"), Notation.Current("ann/7:SELECT"));

        Assert.Equal("ann:FLY ann:SELECT bob:SELECT", Notation.Write(intent));
        Assert.Equal("ann/7:SELECT", Notation.Write(after));
    }

    [Theory]
    [InlineData(null, "")] // we never wrote: the read is right
    [InlineData(61, "")]
    [InlineData(60, "")]
    [InlineData(59, "ann:SELECT")] // our write may still not show
    [InlineData(-5, "ann:SELECT")] // a clock that stepped back proves nothing
    public void An_entry_that_an_opening_read_lacks_leaves_when_our_last_write_is_long_ago(int? secondsAgo, string expected)
    {
        DateTimeOffset? lastWrite = secondsAgo is { } seconds ? Now.AddSeconds(-seconds) : null;

        Assert.Equal(expected, Notation.Write(Observe(Notation.Owned("ann:SELECT"), "bob:SELECT", lastWrite)));
    }

    [Theory]
    [InlineData("ann:SELECT", "ann/7:SELECT", "ann/7:SELECT")] // the id that a crash kept us from noting
    [InlineData("sales/7:SELECT", "#7:SELECT", "#7:SELECT")] // deleted
    [InlineData("sales/7:SELECT", "vendas/7:SELECT", "vendas/7:SELECT")] // renamed
    [InlineData("sales/7:SELECT", "sales/8:SELECT", "")] // made again, and granted by others
    [InlineData("Ann@x.com/7:SELECT", "ann@x.com/7:SELECT", "Ann@x.com/7:SELECT")] // only spelled otherwise
    public void An_opening_read_tells_what_became_of_principals(string ours, string read, string expected) =>
        Assert.Equal(expected, Notation.Write(Observe(Notation.Owned(ours), read, lastWrite: null)));

    [Fact]
    public void Nothing_new_is_the_same_ledger_so_that_nothing_is_written()
    {
        var ledger = Notation.Owned("ann/7:SELECT bob:MODIFY");
        var plan = Plan("ann:SELECT bob:MODIFY", "ann/7:SELECT bob:MODIFY", ledger);

        Assert.True(plan.IsEmpty);
        Assert.Same(ledger, ledger.ForIdentity("object-1"));
        Assert.Same(ledger, Observe(ledger, "bob:MODIFY eve:SELECT ann/7:SELECT", lastWrite: null));
        Assert.Same(ledger, ledger.WithIntent(plan, "2", Now));
        Assert.Same(ledger, ledger.AfterVerified(plan, Notation.Current("ann/7:SELECT bob:MODIFY")));
    }

    [Fact]
    public void What_is_adopted_is_ours_by_the_next_run()
    {
        var plan = GrantPlanner.Plan(new()
        {
            Facts = Notation.Schema,
            Desired = Notation.Desired("ann:SELECT"),
            Current = Notation.Current("ann/7:SELECT ann/7:MODIFY"),
            AdoptExisting = true,
        });

        Assert.True(plan.IsEmpty);
        Assert.Equal("ann/7:SELECT", Notation.Write(Ledger.Empty.WithIntent(plan, "2", Now)));
    }

    private static Ledger Observe(Ledger ledger, string read, DateTimeOffset? lastWrite) =>
        ledger.Observe(Notation.Schema, Notation.Current(read), Now, lastWrite, VerifyTimeout);

    private static GrantPlan Plan(string desired, string current, Ledger ledger) => GrantPlanner.Plan(new()
    {
        Facts = Notation.Schema,
        Desired = Notation.Desired(desired),
        Current = Notation.Current(current),
        Ledger = ledger,
    });

    [Theory]
    [InlineData("ann:SELECT bob:SELECT", "bob:SELECT", 120, "ann:SELECT")]
    [InlineData("ann:SELECT", "", 59, "")] // our own write may not show yet
    [InlineData("ann:SELECT", "", 60, "ann:SELECT")]
    [InlineData("sales/7:SELECT", "vendas/7:SELECT", 120, "")] // renamed
    [InlineData("sales/7:SELECT", "#7:SELECT", 120, "")] // deleted, and still there
    [InlineData("sales/7:SELECT", "sales/8:SELECT", 120, "sales:SELECT")] // made again: what it holds it has from others
    public void What_is_ours_and_gone_is_told(string ours, string read, int secondsSinceOurWrite, string gone)
    {
        var lost = Notation.Owned(ours).GoneFrom(
            Notation.Schema, Notation.Current(read), Notation.Then.AddSeconds(secondsSinceOurWrite), Notation.Then, TimeSpan.FromMinutes(1));

        Assert.Equal(gone, string.Join(' ', lost.Select(entry => $"{entry.Principal}:{entry.Privilege}")));
    }
}
