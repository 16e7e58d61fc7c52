using PolicySync.Core.Grants;
using PolicySync.Core.Options;
using PolicySync.Core.Planning;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Principals;
using PolicySync.Core.Privileges;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Tests.Planning;

/// <summary>
/// Faults that terraform-provider-databricks had with grants, by its issue numbers: a test of its own for each row of
/// reference unity-catalog.md §7, which fails with the fault described there. One row is the client's: an unpaged GET
/// whose token is ignored (PolicySync.Adapters.Tests, ReadingPermissions, All_pages_are_read_also_behind_an_empty_one).
/// </summary>
public sealed class KnownFaultsOfPeersTests
{
    [Fact] // diffPermissions: the last assignment of a principal overwrote the others
    public void A_principal_that_occurs_twice_in_a_read_is_not_cut_to_its_last_assignment()
    {
        Assignment[] read = [new("ann@x.com", null, ["SELECT"]), new("bob", null, ["SELECT"]), new("ann@x.com", null, ["MODIFY"])];

        var plan = Plan("ann@x.com:SELECT ann@x.com:MODIFY bob:SELECT", read, SyncMode.Exact);

        Assert.Equal("", Notation.Write(plan));
        Assert.True(Plan("ann@x.com:SELECT ann@x.com:MODIFY", [], SyncMode.Exact).Shows(read));
    }

    [Fact] // issues 3654, 3313, 3261, 4043: endless wait because the server returned the e-mail in its own case
    public void An_email_in_another_case_is_the_same_user_when_planned_and_when_read_back()
    {
        var plan = Plan("Ann.Lee@X.com:SELECT", [], SyncMode.Exact);
        var read = Notation.Current("ann.lee@x.com:SELECT");

        Assert.True(plan.Shows(read));
        Assert.True(Plan("Ann.Lee@X.com:SELECT", read, SyncMode.Exact).IsEmpty);
    }

    [Fact] // issue 3705, PR 3708: lower-casing broke group names
    public void A_groups_name_is_sent_as_it_is()
    {
        var plan = Plan("Data-Engineers:SELECT", Notation.Current("data-engineers:SELECT"), SyncMode.Owned);

        Assert.Equal("+Data-Engineers:SELECT", Notation.Write(plan));
    }

    [Fact] // a deleted principal became a change with an empty name, which fails the whole PATCH
    public void A_deleted_principal_is_named_by_its_id()
    {
        var change = Assert.Single(Plan("", Notation.Current("#77:SELECT"), SyncMode.Exact).Changes);

        Assert.Equal(("", 77L), (change.Principal, change.PrincipalId));
    }

    [Theory] // issues 1658, 3657: a name that the server returns translated never matched
    [InlineData("USAGE", "USE_SCHEMA")]
    [InlineData("CREATE", "CREATE_TABLE")]
    [InlineData("use schema", "USE_SCHEMA")]
    [InlineData("ALL PRIVILEGES", "ALL_PRIVILEGES")]
    public void A_privilege_by_its_old_name_or_with_spaces_is_the_same(string desired, string returned)
    {
        var plan = GrantPlanner.Plan(new()
        {
            Facts = Notation.Schema,
            Desired = [new("ann", desired, 1, "policy 1")],
            Current = [new("ann", null, [returned])],
            Mode = SyncMode.Exact,
        });

        Assert.True(plan.IsEmpty);
    }

    [Fact] // issue 3450: waited for ALL_PRIVILEGES while the server showed [MODIFY SELECT]
    public void All_privileges_that_show_as_what_they_stand_for_are_done_and_stay_done()
    {
        var plan = Plan("ann:ALL", [], SyncMode.Exact, Notation.Table);
        var read = Notation.Current("ann:MODIFY ann:SELECT");
        var ledger = Ledger.Empty.WithIntent(plan, "2", Notation.Then).AfterVerified(plan, read);
        var later = ledger.Observe(Notation.Table, read, Notation.Then.AddDays(1), Notation.Then, TimeSpan.FromMinutes(1));

        Assert.True(plan.Shows(read));
        Assert.Same(ledger, later);
        Assert.True(Plan("ann:ALL", read, SyncMode.Exact, Notation.Table, ledger).IsEmpty);
        Assert.Equal("+ann:SELECT -ann:ALL", Notation.Write(Plan("ann:SELECT", read, SyncMode.Exact, Notation.Table, ledger)));
    }

    [Fact] // cli issue 6030: explicit privileges beside ALL_PRIVILEGES never converged
    public void Concrete_privileges_beside_all_privileges_converge()
    {
        var plan = Plan("ann:ALL", Notation.Current("ann:ALL ann:USE_SCHEMA"), SyncMode.Exact);

        Assert.Equal("-ann:USE_SCHEMA", Notation.Write(plan));
        Assert.True(plan.Shows(Notation.Current("ann:ALL")));
    }

    [Fact] // documented with PR 4546: the service revoked its own MANAGE and locked itself out
    public void The_services_own_manage_stays_in_mode_exact()
    {
        var plan = GrantPlanner.Plan(new()
        {
            Facts = Notation.Schema,
            Desired = [],
            Current = Notation.Current("0a0a0a0a-0000-4000-8000-000000000001:MANAGE ops:MANAGE eve:MANAGE"),
            Mode = SyncMode.Exact,
            Protected = new HashSet<string> { "0A0A0A0A-0000-4000-8000-000000000001", "ops" },
        });

        Assert.Equal("-eve:MANAGE", Notation.Write(plan));
    }

    [Fact] // issue 2253: grants to a group that was deleted and made again stayed dead
    public void A_group_made_again_under_its_name_is_granted_again_and_its_dead_grants_go()
    {
        var ledger = Notation.Owned("sales/1:SELECT");
        var plan = Plan("sales:SELECT", Notation.Current("#1:SELECT"), SyncMode.Owned, ledger: ledger);

        Assert.Equal("-#1:SELECT +sales:SELECT", Notation.Write(plan));
    }

    [Fact] // issues 2216, 5215: two owners of one securable took away each other's grants
    public void Grants_of_others_are_left_to_them()
    {
        var options = new SyncOptions { Mode = SyncMode.Exact };
        options.Managed.Principals.Include.Add("policysync-*");
        var managed = new Managed(options);

        var owned = Plan("policysync-a:SELECT", Notation.Current("ann:SELECT"), SyncMode.Owned);
        var exact = GrantPlanner.Plan(new()
        {
            Facts = Notation.Schema,
            Desired = Notation.Desired("policysync-a:SELECT"),
            Current = Notation.Current("ann:SELECT policysync-b:SELECT"),
            Mode = SyncMode.Exact,
            Managed = managed,
        });

        Assert.Equal("+policysync-a:SELECT", Notation.Write(owned));
        Assert.Equal("+policysync-a:SELECT -policysync-b:SELECT", Notation.Write(exact));
    }

    [Fact] // one bad principal failed everything
    public void A_principal_that_is_refused_does_not_stop_the_others()
    {
        var rest = Plan("ann:SELECT ghost:SELECT", [], SyncMode.Owned).Without("ghost");

        Assert.Equal("+ann:SELECT", Notation.Write(rest));
        Assert.Equal("?ghost:SELECT", Notation.Write(rest.Gaps));
    }

    [Fact] // an empty list of grants was read as "not found"
    public void Nothing_granted_and_nothing_wanted_is_a_valid_state()
    {
        var plan = Plan("", [], SyncMode.Exact);

        Assert.True(plan.IsEmpty);
        Assert.True(plan.Shows([]));
        Assert.Empty(plan.Gaps);
    }

    [Fact] // issues 4680, 5045, 1773: a workspace-local group ended in an error of the server that helped nobody
    public void A_group_of_the_workspace_is_told_apart_from_one_that_nobody_knows_and_the_reason_says_what_to_do()
    {
        var plan = Plan("ann:SELECT admins:SELECT ghost:SELECT", [], SyncMode.Owned);

        var rest = plan.Without("admins", PrincipalKind.WorkspaceGroup).Without("ghost").Without("ann", PrincipalKind.User);

        Assert.True(rest.IsEmpty);
        Assert.Equal(
            [("admins", GapCode.PrincipalLocal), ("ann", GapCode.PrincipalUnknown), ("ghost", GapCode.PrincipalUnknown)],
            rest.Gaps.Select(gap => (gap.Principal!, gap.Code)));
        Assert.Equal(3, rest.Gaps.Select(gap => gap.Detail.Replace(gap.Principal!, "", StringComparison.Ordinal)).Distinct().Count());
        Assert.Contains("account groups", rest.Gaps[0].Detail, StringComparison.Ordinal);
        Assert.Contains("the workspace lists", rest.Gaps[1].Detail, StringComparison.Ordinal);
    }

    [Fact] // privileges that a kind does not have were found out by the server's error only
    public void A_privilege_that_the_kind_does_not_have_is_known_before_anything_is_sent()
    {
        Assert.Equal(Applicability.NotApplicable, PrivilegeMatrix.Of(SecurableType.Table, "VIEW", "MODIFY"));
        Assert.Equal(Applicability.NotApplicable, PrivilegeMatrix.Of(SecurableType.Table, "FOREIGN", "MODIFY"));
        Assert.Equal(Applicability.NotApplicable, PrivilegeMatrix.Of(SecurableType.Metastore, "METASTORE", "MANAGE"));
        Assert.Equal(Applicability.Unknown, PrivilegeMatrix.Of(SecurableType.Table, "MANAGED", "BRAND_NEW")); // the server judges
    }

    [Fact] // databricks/cli: MANAGE and EXTERNAL_USE_* outlived a blanket removal of ALL_PRIVILEGES
    public void What_all_privileges_does_not_take_along_is_revoked_by_name()
    {
        var plan = Plan("", Notation.Current("ann:ALL ann:EXT ann:MANAGE"), SyncMode.Exact);

        Assert.Equal("-ann:ALL -ann:EXT -ann:MANAGE", Notation.Write(plan));
    }

    [Fact] // PR 4801: one privilege in add and remove is refused with 400
    public void What_stands_beside_a_removed_all_privileges_is_added_and_not_also_removed()
    {
        var change = Assert.Single(Plan("ann:SELECT", Notation.Current("ann:ALL ann:MODIFY ann:SELECT"), SyncMode.Exact).Changes);

        Assert.Equal(["SELECT"], change.Add);
        Assert.Equal(["ALL_PRIVILEGES", "MODIFY"], change.Remove);
    }

    private static GrantPlan Plan(
        string desired,
        IReadOnlyList<Assignment> current,
        SyncMode mode,
        SecurableFacts? facts = null,
        Ledger? ledger = null) => GrantPlanner.Plan(new()
        {
            Facts = facts ?? Notation.Schema,
            Desired = Notation.Desired(desired),
            Current = current,
            Ledger = ledger ?? Ledger.Empty,
            Mode = mode,
        });
}
