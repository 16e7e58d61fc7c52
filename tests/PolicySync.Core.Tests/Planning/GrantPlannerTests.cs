using PolicySync.Core.Options;
using PolicySync.Core.Planning;

namespace PolicySync.Core.Tests.Planning;

/// <summary>What is planned, mode by mode. The notation is explained at <see cref="Notation"/>.</summary>
public sealed class GrantPlannerTests
{
    [Theory]
    //           mode      desired        current        ours           plan             gaps
    // What policy wants and is missing is granted in every mode.
    [InlineData("Additive", "ann:SELECT", "", "", "+ann:SELECT", "")]
    [InlineData("Owned", "ann:SELECT", "", "", "+ann:SELECT", "")]
    [InlineData("Exact", "ann:SELECT", "", "", "+ann:SELECT", "")]
    [InlineData("Owned", "bob:SELECT ann:MODIFY ann:SELECT", "", "", "+ann:MODIFY +ann:SELECT +bob:SELECT", "")]
    [InlineData("Owned", "ann:SELECT ann:MODIFY", "ann:SELECT", "", "+ann:MODIFY", "")]
    // What stands and is wanted is left alone, whoever made it.
    [InlineData("Additive", "ann:SELECT", "ann:SELECT", "", "", "")]
    [InlineData("Owned", "ann:SELECT", "ann:SELECT", "ann:SELECT", "", "")]
    [InlineData("Owned", "ann:SELECT", "ann:SELECT", "", "", "")]
    [InlineData("Exact", "ann:SELECT", "ann:SELECT", "", "", "")]
    // What stands and is not wanted: the mode decides, and what is left is told.
    [InlineData("Additive", "", "ann:SELECT", "ann:SELECT", "", "!ann:SELECT")]
    [InlineData("Additive", "", "ann:SELECT", "", "", "!ann:SELECT")]
    [InlineData("Owned", "", "ann:SELECT", "ann:SELECT", "-ann:SELECT", "")]
    [InlineData("Owned", "", "ann:SELECT", "", "", "!ann:SELECT")]
    [InlineData("Owned", "", "ann:MODIFY ann:SELECT", "ann:SELECT", "-ann:SELECT", "!ann:MODIFY")]
    [InlineData("Exact", "", "ann:SELECT", "ann:SELECT", "-ann:SELECT", "")]
    [InlineData("Exact", "", "ann:SELECT", "", "-ann:SELECT", "")]
    [InlineData("Exact", "bob:SELECT", "ann:SELECT", "", "-ann:SELECT +bob:SELECT", "")]
    [InlineData("Exact", "ann:MODIFY", "ann:SELECT", "", "+ann:MODIFY -ann:SELECT", "")]
    // MODIFY gives its parts: those of others harm nobody beside it, and ours would outlive it.
    [InlineData("Owned", "ann:MODIFY", "ann:INSERT", "", "+ann:MODIFY", "")]
    [InlineData("Exact", "ann:MODIFY", "ann:INSERT", "", "+ann:MODIFY", "")]
    [InlineData("Owned", "ann:MODIFY", "ann:INSERT", "ann:INSERT", "+ann:MODIFY -ann:INSERT", "")]
    [InlineData("Owned", "ann:INSERT", "ann:MODIFY", "", "+ann:INSERT", "!ann:MODIFY")]
    [InlineData("Owned", "", "ann:DELETE ann:MODIFY", "ann:MODIFY", "-ann:MODIFY", "!ann:DELETE")] // revoking MODIFY leaves it
    // A ledger that claims more than stands does no harm: intent was written, the grant was not.
    [InlineData("Owned", "", "", "ann:SELECT", "", "")]
    [InlineData("Owned", "ann:SELECT", "", "ann:SELECT", "+ann:SELECT", "")]
    // MANAGE is a privilege like others where nobody is protected.
    [InlineData("Owned", "", "ann:MANAGE", "ann:MANAGE", "-ann:MANAGE", "")]
    [InlineData("Exact", "", "ann:MANAGE", "", "-ann:MANAGE", "")]
    public void Plan_moves_current_to_desired(
        string mode, string desired, string current, string ours, string plan, string gaps) =>
        Check(Request(mode, desired, current, ours), plan, gaps);

    [Theory]
    // ALL_PRIVILEGES stands alone: our own concrete privileges beside it go, also when it is only just granted.
    [InlineData("Owned", "ann:ALL", "ann:SELECT", "ann:SELECT", "+ann:ALL -ann:SELECT", "")]
    [InlineData("Owned", "ann:ALL", "ann:ALL ann:SELECT", "ann:ALL ann:SELECT", "-ann:SELECT", "")]
    [InlineData("Owned", "ann:ALL ann:SELECT", "", "", "+ann:ALL", "")]
    [InlineData("Owned", "ann:ALL ann:SELECT", "ann:SELECT", "ann:SELECT", "+ann:ALL -ann:SELECT", "")]
    [InlineData("Owned", "ann:ALL", "ann:SELECT ann:MODIFY", "ann:SELECT", "+ann:ALL -ann:SELECT", "")] // MODIFY is wanted, not ours
    [InlineData("Exact", "ann:ALL", "ann:SELECT ann:MODIFY", "", "+ann:ALL -ann:MODIFY -ann:SELECT", "")]
    [InlineData("Additive", "ann:ALL", "ann:SELECT", "ann:SELECT", "+ann:ALL", "")]
    // MANAGE and EXTERNAL_USE_* are not part of it: granted, kept and revoked by name.
    [InlineData("Owned", "ann:ALL ann:MANAGE", "", "", "+ann:ALL +ann:MANAGE", "")]
    [InlineData("Exact", "ann:ALL", "ann:ALL ann:MANAGE ann:EXT", "", "-ann:EXT -ann:MANAGE", "")]
    [InlineData("Owned", "", "ann:ALL ann:MANAGE", "ann:ALL", "-ann:ALL", "!ann:MANAGE")]
    [InlineData("Owned", "", "ann:ALL ann:EXT", "ann:ALL ann:EXT", "-ann:ALL -ann:EXT", "")]
    [InlineData("Owned", "ann:EXT", "ann:ALL ann:EXT", "ann:ALL ann:EXT", "-ann:ALL", "")]
    // Its removal takes along what stands beside it; what must stay is added again in the same change.
    [InlineData("Owned", "ann:SELECT", "ann:ALL ann:SELECT", "ann:ALL ann:SELECT", "=ann:SELECT -ann:ALL", "")]
    [InlineData("Owned", "ann:SELECT", "ann:ALL", "ann:ALL", "+ann:SELECT -ann:ALL", "")]
    [InlineData("Owned", "", "ann:ALL ann:SELECT", "ann:ALL", "=ann:SELECT -ann:ALL", "!ann:SELECT")] // SELECT is not ours: stays
    [InlineData("Owned", "", "ann:ALL ann:MODIFY ann:SELECT", "ann:ALL ann:MODIFY", "=ann:SELECT -ann:ALL -ann:MODIFY", "!ann:SELECT")]
    [InlineData("Exact", "ann:SELECT", "ann:ALL ann:MODIFY ann:SELECT", "", "=ann:SELECT -ann:ALL -ann:MODIFY", "")]
    // Under one that is not ours, our revokes take nothing away; it is told.
    [InlineData("Owned", "", "ann:ALL ann:SELECT", "ann:SELECT", "-ann:SELECT", "!ann:ALL !ann:SELECT")]
    [InlineData("Owned", "ann:SELECT", "ann:ALL", "", "+ann:SELECT", "!ann:ALL")]
    [InlineData("Owned", "ann:ALL", "ann:ALL", "", "", "")]
    [InlineData("Additive", "ann:SELECT", "ann:ALL", "ann:ALL", "+ann:SELECT", "!ann:ALL")]
    // A privilege that nobody told us of is part of it too.
    [InlineData("Owned", "", "ann:ALL ann:FLY", "ann:ALL", "=ann:FLY -ann:ALL", "!ann:FLY")]
    public void Plan_knows_what_all_privileges_does(
        string mode, string desired, string current, string ours, string plan, string gaps) =>
        Check(Request(mode, desired, current, ours), plan, gaps);

    [Theory]
    // E-mails without case, groups with case, application ids without.
    [InlineData("Exact", "Ann@X.com:SELECT", "ann@x.com:SELECT", "", "", "")]
    [InlineData("Exact", "Ann@X.com:MODIFY Ann@X.com:SELECT", "ann@x.com:SELECT", "", "+ann@x.com:MODIFY", "")] // its stored name
    [InlineData("Owned", "Ann@X.com:SELECT", "", "", "+Ann@X.com:SELECT", "")] // never rewritten
    [InlineData("Exact", "Sales:SELECT", "sales:SELECT", "", "+Sales:SELECT -sales:SELECT", "")]
    [InlineData("Exact", "1F0B6B1E-3F0A-4C55-9D6C-0A8F3C7D2E11:SELECT", "1f0b6b1e-3f0a-4c55-9d6c-0a8f3c7d2e11:SELECT", "", "", "")]
    // Several assignments of one principal are one.
    [InlineData("Exact", "ann@x.com:SELECT", "ann@x.com:SELECT bob:SELECT ANN@x.com:MODIFY", "", "-ANN@x.com:MODIFY -bob:SELECT", "")]
    // Deleted principals go by their id: where the mode allows it or they are ours, else they are told.
    [InlineData("Exact", "", "#7:SELECT", "", "-#7:SELECT", "")]
    [InlineData("Owned", "", "#7:SELECT", "#7:SELECT", "-#7:SELECT", "")]
    [InlineData("Owned", "", "#7:SELECT", "sales/7:SELECT", "-#7:SELECT", "")] // granted before it was deleted
    [InlineData("Owned", "", "#7:SELECT", "sales/8:SELECT", "", "!7:SELECT")]
    [InlineData("Additive", "", "#7:SELECT", "#7:SELECT", "", "!7:SELECT")]
    [InlineData("Exact", "", "#7:ALL #7:SELECT", "", "-#7:ALL -#7:SELECT", "")]
    [InlineData("Owned", "", "#7:ALL #7:SELECT", "#7:ALL", "", "!7:ALL !7:SELECT")] // nobody can grant it SELECT again
    // A group may be called like anything that we call a deleted principal.
    [InlineData("Owned", "", "deleted:7:SELECT #7:SELECT", "deleted:7:SELECT", "-deleted:7:SELECT", "!7:SELECT")]
    [InlineData("Owned", "deleted:7:SELECT", "#7:SELECT", "#7:SELECT", "+deleted:7:SELECT -#7:SELECT", "")]
    // A group made again under its name is another principal.
    [InlineData("Owned", "sales:SELECT", "#7:SELECT", "sales/7:SELECT", "-#7:SELECT +sales:SELECT", "")]
    [InlineData("Owned", "", "sales/8:SELECT", "sales/7:SELECT", "", "!sales:SELECT")] // the new one got it from others
    [InlineData("Owned", "", "vendas/7:SELECT", "sales/7:SELECT", "-vendas:SELECT", "")] // renamed: still ours
    public void Plan_knows_who_is_who(
        string mode, string desired, string current, string ours, string plan, string gaps) =>
        Check(Request(mode, desired, current, ours), plan, gaps);

    [Theory]
    [InlineData("Exact", "", "svc:MANAGE svc:SELECT", "svc:SELECT", "", "!svc:MANAGE !svc:SELECT")]
    [InlineData("Exact", "", "boss@x.com:ALL", "", "", "!boss@x.com:ALL")] // the owner, who spells himself otherwise
    [InlineData("Exact", "svc:ALL", "svc:SELECT", "svc:SELECT", "+svc:ALL", "")]
    [InlineData("Owned", "svc:SELECT", "", "", "+svc:SELECT", "")] // protected from loss, not from gain
    public void The_service_and_owners_never_lose_anything(
        string mode, string desired, string current, string ours, string plan, string gaps) =>
        Check(
            Request(mode, desired, current, ours) with
            {
                Protected = new HashSet<string> { "svc" },
                Facts = Notation.Schema with { Owner = "Boss@x.com" },
            },
            plan,
            gaps);

    [Theory]
    [InlineData("Exact", "", "ann:SELECT", "", "-ann:SELECT", "")]
    [InlineData("Exact", "admin:SELECT", "admin:MODIFY", "", "", "")] // principal excluded
    [InlineData("Exact", "ann:MANAGE", "ann:EXT", "", "", "")] // privileges excluded
    [InlineData("Owned", "", "ann:ALL ann:BROWSE", "ann:ALL", "=ann:BROWSE -ann:ALL", "")] // excluded, so it must stay
    [InlineData("Exact", "", "#7:SELECT", "", "", "!7:SELECT")] // could have been admin
    [InlineData("Exact", "", "#7:SELECT", "admin/7:SELECT", "", "")] // was admin
    [InlineData("Exact", "", "#7:SELECT", "ann/7:SELECT", "-#7:SELECT", "")] // was not
    public void What_is_not_managed_is_never_touched(
        string mode, string desired, string current, string ours, string plan, string gaps)
    {
        var options = new SyncOptions();
        options.Managed.Principals.Exclude.Add("admin");
        options.Managed.Privileges.Exclude.Add("MANAGE");
        options.Managed.Privileges.Exclude.Add("external use *");
        options.Managed.Privileges.Exclude.Add("browse");

        Check(Request(mode, desired, current, ours) with { Managed = new(options) }, plan, gaps);
    }

    [Theory]
    [InlineData("ann:SELECT", "ann:SELECT", "", "ann:SELECT")]
    [InlineData("ann:SELECT", "ann:SELECT", "ann:SELECT", "")] // ours already
    [InlineData("ann:SELECT", "", "", "")] // granted, not adopted
    [InlineData("", "ann:SELECT", "", "")] // not wanted, so not adopted: it stays foreign
    public void AdoptExisting_makes_wanted_foreign_grants_ours(string desired, string current, string ours, string adopted)
    {
        var plan = GrantPlanner.Plan(Request("Owned", desired, current, ours) with { AdoptExisting = true });

        Assert.Equal(adopted, string.Join(' ', plan.Adopted.Select(grant => $"{grant.Principal}:{grant.Privilege}")));
    }

    [Theory]
    // Owner before, owner now: who owns keeps what stands; once somebody else does, policy and ledger decide again.
    [InlineData("boss@x.com", "", "boss@x.com:SELECT", "boss@x.com:SELECT", "", "!boss@x.com:SELECT")]
    [InlineData("heir@x.com", "", "boss@x.com:SELECT", "boss@x.com:SELECT", "-boss@x.com:SELECT", "")]
    [InlineData("heir@x.com", "", "boss@x.com:MODIFY", "", "", "!boss@x.com:MODIFY")] // never ours
    [InlineData("heir@x.com", "boss@x.com:SELECT", "boss@x.com:SELECT", "boss@x.com:SELECT", "", "")]
    [InlineData("boss@x.com", "boss@x.com:SELECT", "", "", "+boss@x.com:SELECT", "")] // policy gives it whoever owns
    public void A_change_of_owner_changes_who_is_protected(
        string owner, string desired, string current, string ours, string plan, string gaps) =>
        Check(Request("Owned", desired, current, ours) with { Facts = Notation.Schema with { Owner = owner } }, plan, gaps);

    [Theory]
    [InlineData("Owned", "ann:SELECT", "ann:SELECT eve:MODIFY", "ann:SELECT", "eve:MODIFY")]
    [InlineData("Exact", "ann:SELECT", "ann:SELECT eve:MODIFY", "ann:SELECT", "eve:MODIFY")] // whether or not it goes
    [InlineData("Owned", "ann:SELECT", "ann:SELECT", "", "")] // wanted, so no difference
    [InlineData("Owned", "", "ann:SELECT", "ann:SELECT", "")] // ours
    [InlineData("Owned", "ann:ALL", "ann:ALL ann:SELECT", "", "")] // given by what is wanted
    [InlineData("Owned", "", "boss@x.com:SELECT svc:MANAGE #7:SELECT", "", "")] // the owner, the service, nobody any more
    public void What_others_granted_against_policy_is_told(string mode, string desired, string current, string ours, string foreign)
    {
        var plan = GrantPlanner.Plan(Request(mode, desired, current, ours) with
        {
            Protected = new HashSet<string> { "svc" },
            Facts = Notation.Schema with { Owner = "boss@x.com" },
        });

        Assert.Equal(foreign, string.Join(' ', plan.Foreign.Select(grant => $"{grant.Principal}:{grant.Privilege}")));
        Assert.Equal(plan.Foreign, plan.Without("ann").WithoutPrivilege("MODIFY").Foreign);
    }

    private static PlanRequest Request(string mode, string desired, string current, string ours) => new()
    {
        Facts = Notation.Schema,
        Desired = Notation.Desired(desired),
        Current = Notation.Current(current),
        Ledger = Notation.Owned(ours),
        Mode = Enum.Parse<SyncMode>(mode),
    };

    private static void Check(PlanRequest request, string expectedPlan, string expectedGaps)
    {
        var plan = GrantPlanner.Plan(request);

        Assert.Equal(expectedPlan, Notation.Write(plan));
        Assert.Equal(expectedGaps, Notation.Write(plan.Gaps));
    }
}
