using PolicySync.Core.Grants;
using PolicySync.Core.Guards;
using PolicySync.Core.Planning;
using PolicySync.Core.Privileges;
using PolicySync.Core.Runs;
using PolicySync.Core.Tasks;
using PolicySync.RowFiltersAndMasks.Tests.Support;

namespace PolicySync.RowFiltersAndMasks.Tests;

/// <summary>
/// The plan of a run on a table: which steps, in which order. A step is written as its changes (<c>+ann@x.com</c> for a grant of
/// SELECT, <c>-bob@x.com</c> for a revoke, <c>filter</c> for a row filter that is set), <c>tidy</c> when it changes nothing for
/// readers.
/// </summary>
public sealed class StepsOfARun
{
    private static readonly Data Columns = new([("region", "string"), ("ssn", "string")], []);

    private static readonly InheritedAccess Nothing = new([], null);

    [Fact]
    public void Without_row_filter_and_masks_one_step_grants_and_revokes() =>
        Assert.Equal(["+ann@x.com -bob@x.com"], Write(Plan(New("ann@x.com"), "bob@x.com")));

    [Fact]
    public void Around_a_row_filter_revokes_come_before_and_grants_after() =>
        Assert.Equal(["-bob@x.com", "filter", "+ann@x.com"], Write(Plan(New("ann@x.com").Filter(("ann@x.com", "region = 'EU'")), "bob@x.com")));

    [Fact]
    public void Nothing_is_left_to_do_once_reads_show_the_steps()
    {
        var @case = New("ann@x.com").Filter(("ann@x.com", "region = 'EU'"));
        var (shape, made) = Filtered(@case);

        Assert.Empty(Plan(@case, "ann@x.com", shape, made).Steps);
    }

    [Fact]
    public void A_row_filter_that_cannot_be_set_is_no_step_and_withholds_the_grant()
    {
        var plan = Plan(New("ann@x.com", "cat@x.com").Filter(("ann@x.com", "region = 'EU'")), "", fault: "the schema is somebody else's");

        Assert.Equal(["+cat@x.com"], Write(plan));
        Assert.Equal(["?GUARD_UNAVAILABLE ann@x.com 2", "?GUARD_UNAVAILABLE"], Case.Show(plan.Gaps));
    }

    [Fact]
    public void A_plan_that_would_show_more_asks_first_who_can_read()
    {
        var (shape, made) = Filtered(New("ann@x.com").Filter(("ann@x.com", "region = 'EU'")));
        var unfiltered = New("ann@x.com");

        var blind = Plan(unfiltered, "ann@x.com", shape, made);
        Assert.True(blind.NeedsInherited);
        Assert.Empty(blind.Steps);
        Assert.False(Plan(unfiltered, "ann@x.com", shape, made, Nothing).NeedsInherited);
    }

    [Theory]
    [InlineData(false, "unfilter")] // nobody reads against policy
    [InlineData(true, "filter")] // made anew, to restrict those whom policy does not let read
    public void A_row_filter_goes_only_when_nobody_whom_it_restricts_reads_against_policy(bool inherits, string step)
    {
        var (shape, made) = Filtered(New("ann@x.com", "bob@x.com").Filter(("bob@x.com", "region = 'EU'")));
        var inherited = inherits ? new InheritedAccess([new InheritedGrant("bob@x.com", Privilege.Select, shape.Facts.Securable.Parent!)], null) : Nothing;

        var plan = Plan(New("ann@x.com"), "ann@x.com", shape, made, inherited);

        Assert.Equal([step], Write(plan));
        Assert.Equal(inherits ? ["!GUARD_KEPT bob@x.com"] : [], Case.Show(plan.Gaps));
    }

    [Fact]
    public void Functions_that_nothing_uses_are_dropped_before_one_step_that_grants_and_revokes()
    {
        var made = new MadeFunction("main.policysync_guards.filter_old", null, 1, "p1");

        Assert.Equal(["tidy", "+ann@x.com -bob@x.com"], Write(Plan(New("ann@x.com"), "bob@x.com", made: [made])));
    }

    [Fact]
    public void A_part_that_grants_waits_for_the_row_filter_and_a_part_that_revokes_does_not()
    {
        var plan = Plan(New("ann@x.com").Filter(("ann@x.com", "region = 'EU'")), "bob@x.com");

        Assert.Null(plan.Only([new PlanPart("ann@x.com", Privilege.Select, Grants: true)], Refusals.None));
        Assert.Equal("-bob@x.com", Write(plan.Only([new PlanPart("bob@x.com", Privilege.Select, Grants: false)], Refusals.None)!));
    }

    [Fact]
    public void A_server_that_refuses_to_add_and_remove_at_once_gets_two_changes_in_one_step()
    {
        var plan = Plan(New("ann@x.com"), "bob@x.com", refusals: Refusals.None with { RefusesAddWithRemove = true });

        var step = Assert.IsType<RunStep.ChangeGrants>(Assert.Single(plan.Steps));
        Assert.Equal(["-bob@x.com", "+ann@x.com"], step.Patches.Select(patch => Write(patch.ResourceChanges)));
    }

    private static Case New(params string[] readers)
    {
        var @case = new Case();
        @case.Account.Users.AddRange(["ann@x.com", "bob@x.com", "cat@x.com"]);
        return @case.Allow(readers);
    }

    // The table as it is read, and what is recorded, once the case's row filter is set.
    private static (TableShape Shape, IReadOnlyList<MadeFunction> Made) Filtered(Case @case)
    {
        var shape = @case.Shape(Columns);
        var plan = GuardPlan.Of(@case.Compile(shape), []);
        var function = plan.Statements.Select(statement => statement.Makes).OfType<GuardFunction>().Single();
        return (shape with { RowFilter = new AttachedGuard(function.FullName, function.Columns) }, plan.Kept);
    }

    // All grants of SELECT in `readers` were made by the service.
    private static RunPlan Plan(
        Case @case, string readers, TableShape? shape = null, IReadOnlyList<MadeFunction>? made = null, InheritedAccess? inherited = null,
        string? fault = null, Refusals? refusals = null)
    {
        shape ??= @case.Shape(Columns);
        var inputs = new RunInputs
        {
            Facts = shape.Facts, Policies = @case.Policies, Directory = @case.Directory, At = Case.Now, Scope = PlanScope.Full,
            Options = new RunOptions(@case.Sync, @case.ExpandUpTo, HasWarehouse: true),
        };
        List<Assignment> grants = [.. readers.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => new Assignment(name, null, [Privilege.Select]))];
        var ledger = new Ledger(shape.Facts.Identity, [.. grants.Select(grant => new LedgerEntry { Principal = grant.Principal, Privilege = Privilege.Select })]);
        return RunPlan.Of(
            inputs,
            RunTarget.Of(inputs, shape, fault),
            new CurrentState(grants, Case.Now) { Inherited = inherited },
            new Holdings(ledger, made ?? [], null),
            refusals ?? Refusals.None with { OfGuards = fault });
    }

    private static IEnumerable<string> Write(RunPlan plan) => plan.Steps.Select(Write);

    private static string Write(RunStep step) => Write(step.Changes);

    private static string Write(IEnumerable<ResourceChange> changes) => string.Join(' ', changes.Select(change => change.Action switch
    {
        ChangeAction.Grant => $"+{change.Principal}",
        ChangeAction.Revoke => $"-{change.Principal}",
        ChangeAction.SetFilter => "filter",
        ChangeAction.DropFilter => "unfilter",
        _ => $"{change.Action}",
    }).DefaultIfEmpty("tidy"));
}
