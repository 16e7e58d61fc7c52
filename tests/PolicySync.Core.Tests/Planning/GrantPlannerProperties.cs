using FsCheck.Xunit;
using PolicySync.Core.Grants;
using PolicySync.Core.Planning;
using PolicySync.Core.Principals;
using PolicySync.Core.Privileges;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Tests.Planning;

/// <summary>What holds for every plan, against a model of Unity Catalog's PATCH.</summary>
[Properties(Arbitrary = [typeof(Scenario.Generator)], MaxTest = 200, EndSize = 20)]
public sealed class GrantPlannerProperties
{
    [Property]
    public void A_plan_that_was_applied_leaves_nothing_to_do(Scenario scenario)
    {
        var (request, run) = Run(scenario.Request(), PlanScope.Full);

        var again = GrantPlanner.Plan(request);

        Assert.True(run.Plan.Shows(request.Current));
        Assert.True(again.IsEmpty, Notation.Write(again));
        Assert.Same(request.Ledger, Observe(request));
    }

    [Property]
    public void Two_patches_around_the_children_do_what_one_does(Scenario scenario)
    {
        var (once, _) = Run(scenario.Request(), PlanScope.Full);
        var (between, _) = Run(scenario.Request(), PlanScope.BeforeChildren);
        var (twice, _) = Run(between, PlanScope.AfterChildren);

        Assert.Equal(Pairs(once.Current), Pairs(twice.Current));
        Assert.Equal(Notation.Write(once.Ledger), Notation.Write(twice.Ledger));
        Assert.True(GrantPlanner.Plan(twice with { Scope = PlanScope.BeforeChildren }).IsEmpty);
    }

    [Property]
    public void A_leafs_run_on_its_parent_leaves_a_full_run_nothing_to_undo(Scenario scenario)
    {
        var (full, _) = Run(scenario.Request(), PlanScope.Full);

        Assert.True(GrantPlanner.Plan(full with { Scope = PlanScope.UseAdditionsOnly }).IsEmpty);
        Assert.True(GrantPlanner.Plan(full with { Scope = PlanScope.UseRemovalsOnly }).IsEmpty);
    }

    [Property]
    public void The_protected_and_what_is_not_managed_lose_nothing(Scenario scenario)
    {
        var before = scenario.Request();
        var (after, _) = Run(before, PlanScope.Full);
        var lost = Pairs(before.Current).Except(Pairs(after.Current)).ToList();

        Assert.DoesNotContain(lost, pair => Scenario.IsUntouchable(pair.Key));
        Assert.DoesNotContain(lost, pair => pair.Privilege == "BROWSE");
    }

    [Property]
    public void Nothing_unwanted_is_given_and_what_is_wanted_is_there(Scenario scenario)
    {
        var before = scenario.Request();
        var (after, _) = Run(before, PlanScope.Full);
        var wanted = Wanted(before).Where(pair => pair.Key != "admin" && pair.Privilege != "BROWSE").ToHashSet();

        Assert.Subset(wanted, Pairs(after.Current).Except(Pairs(before.Current)).ToHashSet());
        Assert.All(wanted, pair => Assert.True(
            Pairs(after.Current).Contains(pair)
            || (Privilege.IsImpliedByAll(pair.Privilege) && Pairs(after.Current).Contains((pair.Key, Privilege.AllPrivileges)))));
    }

    [Property]
    public void Each_mode_takes_only_what_it_may(Scenario scenario)
    {
        var before = scenario.Request();
        var (after, _) = Run(before, PlanScope.Full);
        var lost = Pairs(before.Current).Except(Pairs(after.Current)).ToList();
        var wanted = Wanted(before);
        var ours = before.Ledger.Entries.Select(entry => (entry.Key, entry.Privilege)).ToHashSet();

        switch (scenario.Mode)
        {
            case "Additive":
                Assert.Empty(lost);
                break;
            case "Owned":
                Assert.Subset(ours, lost.ToHashSet());
                break;
            default:
                Assert.All(
                    Pairs(after.Current).Except(wanted),
                    pair => Assert.True(Scenario.IsUntouchable(pair.Key) || pair.Privilege == "BROWSE" || IsGone(pair.Key)));
                break;
        }
    }

    [Property]
    public void Every_difference_from_policy_that_stays_is_told(Scenario scenario)
    {
        var before = scenario.Request();
        var (after, run) = Run(before, PlanScope.Full);
        var wanted = Wanted(before);
        var told = run.Plan.Gaps.Where(gap => gap.Direction == GapDirection.Exposed)
            .Select(gap => (gap.Principal, gap.Privilege)).ToHashSet();

        foreach (var assignment in after.Current.Where(assignment => assignment.Principal != "admin"))
        {
            foreach (var privilege in assignment.Privileges.Where(privilege => privilege != "BROWSE"))
            {
                var key = PrincipalKey.Of(assignment.Principal);
                var who = assignment.IsDeletedPrincipal ? $"{assignment.PrincipalId}" : assignment.Principal;
                Assert.True(
                    wanted.Contains((key, privilege))
                    || (wanted.Contains((key, Privilege.AllPrivileges)) && Privilege.IsImpliedByAll(privilege))
                    || told.Contains((who, privilege)),
                    $"{who}:{privilege}");
            }
        }
    }

    [Property]
    public void The_order_of_the_input_does_not_matter(Scenario scenario)
    {
        var request = scenario.Request();
        var turned = request with
        {
            Desired = [.. request.Desired.Reverse()],
            Current = [.. request.Current.Reverse().Select(row => row with { Privileges = [.. row.Privileges.Reverse()] })],
            Ledger = new Ledger(request.Ledger.Identity, [.. request.Ledger.Entries.Reverse()]),
        };

        var (plan, other) = (GrantPlanner.Plan(request), GrantPlanner.Plan(turned));

        Assert.Equal(Notation.Write(plan), Notation.Write(other));
        Assert.Equal(plan.ResourceChanges, other.ResourceChanges);
        Assert.Equal(plan.Gaps, other.Gaps);
        Assert.Equal(plan.RevokeLimit, other.RevokeLimit);
        Assert.Equal(plan.PrincipalKeys.Order(StringComparer.Ordinal), plan.PrincipalKeys);
    }

    [Property]
    public void The_ledger_holds_no_more_than_was_owned_or_granted(Scenario scenario)
    {
        var request = scenario.Request();
        var plan = GrantPlanner.Plan(request);
        var granted = plan.ResourceChanges.Where(change => change.Action == ChangeAction.Grant)
            .Select(change => (PrincipalKey.Of(change.Principal!), change.Privilege!));
        var may = request.Ledger.Entries.Select(entry => (entry.Key, entry.Privilege)).Concat(granted).ToHashSet();

        var intent = request.Ledger.WithIntent(plan, "2", Notation.Then);
        var (after, _) = Run(request, PlanScope.Full);

        Assert.Equal(may, intent.Entries.Select(entry => (entry.Key, entry.Privilege)).ToHashSet());
        Assert.Subset(may, after.Ledger.Entries.Select(entry => (entry.Key, entry.Privilege)).ToHashSet());
    }

    [Property]
    public void Removals_then_additions_end_the_same(Scenario scenario)
    {
        var request = scenario.Request();
        var plan = GrantPlanner.Plan(request);
        var model = new UnityCatalogModel(request.Current);
        foreach (var part in plan.SplitRemoveThenAdd())
        {
            model.Patch(part.Changes);
        }

        var (once, _) = Run(request, PlanScope.Full);
        Assert.Equal(Pairs(once.Current), Pairs(model.Read()));
    }

    /// <summary>One run: observe, plan, intent, PATCH, read back, verified. Gives the request of the next one.</summary>
    private static (PlanRequest Next, (GrantPlan Plan, Ledger Intent) Done) Run(PlanRequest request, PlanScope scope)
    {
        var ledger = request.Ledger;
        var plan = GrantPlanner.Plan(request with { Scope = scope, AllowRevoke = true });
        var intent = ledger.WithIntent(plan, "2", Notation.Then);
        var model = new UnityCatalogModel(request.Current);
        if (!plan.IsEmpty)
        {
            model.Patch(plan.Changes);
        }

        var read = model.Read();
        var verified = intent.AfterVerified(plan, read);
        var next = request with { Current = read, Ledger = verified };
        return (next with { Ledger = Observe(next) }, (plan, intent));
    }

    private static Ledger Observe(PlanRequest request) =>
        request.Ledger.Observe(request.Facts, request.Current, Notation.Then, null, TimeSpan.FromSeconds(60));

    private static HashSet<(string Key, string Privilege)> Wanted(PlanRequest request) =>
        [.. request.Desired.Select(grant => (PrincipalKey.Of(grant.Principal), grant.Privilege))];

    private static bool IsGone(string key) => key.EndsWith('\0');

    private static HashSet<(string Key, string Privilege)> Pairs(IEnumerable<Assignment> read) =>
        [.. read.SelectMany(row => row.Privileges.Select(privilege =>
            (row.IsDeletedPrincipal ? PrincipalKey.OfDeleted(row.PrincipalId) : PrincipalKey.Of(row.Principal), privilege)))];
}
