using PolicySync.Core.Options;
using PolicySync.Core.Planning;

namespace PolicySync.Core.Tests.Planning;

/// <summary>Which PATCH of a run does what. The notation is explained at <see cref="Notation"/>.</summary>
public sealed class PlanScopeTests
{
    [Theory]
    [InlineData(PlanScope.Full, 1)]
    [InlineData(PlanScope.BeforeChildren, 1)]
    [InlineData(PlanScope.AfterChildren, 0)] // the run before the children has told
    [InlineData(PlanScope.UseAdditionsOnly, 0)] // a leaf's task looks at USE only
    [InlineData(PlanScope.UseRemovalsOnly, 0)]
    public void Grants_of_others_are_told_by_the_run_that_looks_at_all_of_the_container_once(PlanScope scope, int told)
    {
        var plan = GrantPlanner.Plan(new() { Facts = Notation.Schema, Desired = [], Current = Notation.Current("eve:USE_SCHEMA"), Scope = scope });

        Assert.Equal(told, plan.Foreign.Count);
    }

    [Theory]
    // A container: everything but the removal of USE_* before its children, that removal after them.
    [InlineData("BeforeChildren", "Owned", "", "ann:SELECT ann:USE_SCHEMA", "ann:SELECT ann:USE_SCHEMA", "-ann:SELECT", "")]
    [InlineData("AfterChildren", "Owned", "", "ann:USE_SCHEMA", "ann:USE_SCHEMA", "-ann:USE_SCHEMA", "")]
    [InlineData("BeforeChildren", "Exact", "bob:USE_SCHEMA", "ann:USE_SCHEMA", "", "+bob:USE_SCHEMA", "")]
    [InlineData("AfterChildren", "Exact", "bob:USE_SCHEMA bob:SELECT", "ann:USE_SCHEMA ann:SELECT", "", "-ann:USE_SCHEMA", "")]
    [InlineData("AfterChildren", "Additive", "", "ann:USE_SCHEMA", "ann:USE_SCHEMA", "", "")]
    // The first PATCH tells what stays, the second does not tell it again.
    [InlineData("BeforeChildren", "Owned", "", "ann:USE_SCHEMA ann:SELECT", "", "", "!ann:SELECT !ann:USE_SCHEMA")]
    [InlineData("AfterChildren", "Owned", "", "ann:USE_SCHEMA ann:SELECT", "", "", "")]
    // When ALL goes before the children, the USE that is to go after them is kept till then.
    [InlineData("BeforeChildren", "Owned", "", "ann:ALL ann:USE_SCHEMA", "ann:ALL ann:USE_SCHEMA", "=ann:USE_SCHEMA -ann:ALL", "")]
    [InlineData("BeforeChildren", "Owned", "ann:ALL", "ann:USE_SCHEMA", "ann:USE_SCHEMA", "+ann:ALL", "")]
    [InlineData("AfterChildren", "Owned", "ann:ALL", "ann:ALL ann:USE_SCHEMA", "ann:ALL ann:USE_SCHEMA", "-ann:USE_SCHEMA", "")]
    [InlineData("AfterChildren", "Owned", "ann:ALL", "ann:USE_SCHEMA", "ann:USE_SCHEMA", "", "")] // ALL was refused: USE stays
    // Whoever is deleted reaches no child: nothing to wait for.
    [InlineData("BeforeChildren", "Exact", "", "#7:ALL #7:USE_SCHEMA", "", "-#7:ALL -#7:USE_SCHEMA", "")]
    // A USE-only run touches nothing but USE_*, and of that only what is ours, in mode Exact too.
    [InlineData("UseAdditionsOnly", "Owned", "ann:USE_SCHEMA ann:SELECT", "bob:SELECT", "bob:SELECT", "+ann:USE_SCHEMA", "")]
    [InlineData("UseAdditionsOnly", "Exact", "", "ann:USE_SCHEMA bob:SELECT", "ann:USE_SCHEMA", "", "")]
    [InlineData("UseAdditionsOnly", "Exact", "", "ann:USE_SCHEMA", "", "", "!ann:USE_SCHEMA")]
    [InlineData("UseRemovalsOnly", "Exact", "", "ann:USE_SCHEMA bob:USE_SCHEMA", "ann:USE_SCHEMA", "-ann:USE_SCHEMA", "")]
    [InlineData("UseRemovalsOnly", "Owned", "bob:USE_SCHEMA", "ann:USE_SCHEMA ann:SELECT", "ann:USE_SCHEMA ann:SELECT", "-ann:USE_SCHEMA", "")]
    [InlineData("UseRemovalsOnly", "Additive", "", "ann:USE_SCHEMA", "ann:USE_SCHEMA", "", "")]
    // An ALL that stands gives USE: a USE-only run adds none beside it, or the full run would take it back, for ever.
    [InlineData("UseAdditionsOnly", "Owned", "ann:USE_SCHEMA", "ann:ALL", "ann:ALL", "", "")]
    [InlineData("UseAdditionsOnly", "Owned", "ann:USE_SCHEMA ann:ALL", "", "", "+ann:USE_SCHEMA", "")] // it may not grant ALL
    [InlineData("UseRemovalsOnly", "Owned", "ann:USE_SCHEMA ann:ALL", "ann:USE_SCHEMA", "ann:USE_SCHEMA", "", "")]
    public void Each_scope_does_its_part(
        string scope, string mode, string desired, string current, string ours, string expected, string gaps)
    {
        var plan = GrantPlanner.Plan(new()
        {
            Facts = Notation.Schema,
            Desired = Notation.Desired(desired),
            Current = Notation.Current(current),
            Ledger = Notation.Owned(ours),
            Mode = Enum.Parse<SyncMode>(mode),
            Scope = Enum.Parse<PlanScope>(scope),
        });

        Assert.Equal(expected, Notation.Write(plan));
        Assert.Equal(gaps, Notation.Write(plan.Gaps));
    }
}
