using PolicySync.Testing.Language;

namespace PolicySync.Core.Tests.Desired;

/// <summary>Specification §3.8: what cannot be evaluated counts against access, and is told, naming the policy.</summary>
public sealed class WhatCannotBeEvaluated
{
    private const string Directory = "#g=ann,bob users=cat";

    [Theory]
    [InlineData("main.*.* +ann:select?", "", "?CONDITION_UNSUPPORTED ann:SELECT 1")]
    [InlineData("main.*.* +ann:select? +ann:modify", "ann:MODIFY", "?CONDITION_UNSUPPORTED ann:SELECT 1")]
    [InlineData("main.*.* +ann:select; main.*.* -ann:select?", "", "?CONDITION_UNSUPPORTED ann:SELECT 2")]
    [InlineData("main.*.* +#g:select -bob:select?", "ann:SELECT", "?CONDITION_UNSUPPORTED bob:SELECT 1; ?GROUP_EXPANDED #g:SELECT 1")]
    [InlineData("main.*.* +ann:select ~+ann:select?", "", "?CONDITION_UNSUPPORTED ann:SELECT 1")]
    [InlineData("main.*.* +ann:select -ann:select ~-ann:select?", "", "?CONDITION_UNSUPPORTED ann:SELECT 1")]
    [InlineData("main.*.* +ann:select; main.sales.orders filter:ann=a<1?", "", "?CONDITION_UNSUPPORTED ann:SELECT 2; ?GUARD_UNAVAILABLE ann:SELECT 2")]
    [InlineData("main.*.* +ann:select; main.sales.orders.id mask:ann=MASK?", "", "?CONDITION_UNSUPPORTED ann:SELECT 2; ?GUARD_UNAVAILABLE ann:SELECT 2")]
    [InlineData("main.*.* +ann:select; main.sales.orders.id mask:ann=MASK_NONE? mask:ann=MASK_NONE", "", "?CONDITION_UNSUPPORTED ann:SELECT 2; ?GUARD_UNAVAILABLE ann:SELECT 2")]
    [InlineData("main.*.* when? +ann:select", "", "?CONDITION_UNSUPPORTED ann:SELECT 1")]
    [InlineData("main.*.* +ann,cat:select; main.*.* when? -ann:select", "cat:SELECT", "?CONDITION_UNSUPPORTED ann:SELECT 2")]
    [InlineData("main.*.* +ann:select; main.*.* when? only +cat:modify", "", "?CONDITION_UNSUPPORTED cat:MODIFY 2")]
    [InlineData("main.*.* +ann:select; main.*.* when? -ann:select ~-ann:select", "", "?CONDITION_UNSUPPORTED ann:SELECT 2")]
    [InlineData("main.*.* +ann:select; main.sales.orders when? filter:ann=a<1", "", "?CONDITION_UNSUPPORTED ann:SELECT 2; ?GUARD_UNAVAILABLE ann:SELECT 2")]
    [InlineData("main.*.* someday +ann:select", "", "?CONDITION_UNSUPPORTED ann:SELECT 1")]
    [InlineData("main.*.* +ann:select; main.*.* someday -ann:select", "", "?CONDITION_UNSUPPORTED ann:SELECT 2")]
    [InlineData("main.{USER}.* +ann:select", "", "?CONDITION_UNSUPPORTED ann:SELECT 1")]
    [InlineData("main.*.* +ann:select; main.{USER}.* -ann:select", "", "?CONDITION_UNSUPPORTED ann:SELECT 2")]
    [InlineData("main.*.* +#g,%r:select?", "", "?CONDITION_UNSUPPORTED #g:SELECT 1; ?CONDITION_UNSUPPORTED %r:SELECT 1")]
    [InlineData("main.*.* +ann:select,modify?", "", "?CONDITION_UNSUPPORTED ann:* 1")]
    [InlineData("main.*.* +#g:select?; main.sales.* ~+cat:modify ~-#g:select", "", "?CONDITION_UNSUPPORTED #g:SELECT 1")]
    [InlineData("main.*.* +cat:select; main.sales.orders.id +ann:select?", "cat:SELECT", "?CONDITION_UNSUPPORTED ann:SELECT 2")]
    public void A_policy_item_that_cannot_be_evaluated_counts_against_access(string policies, string grants, string gaps) =>
        Desire.Is(Desire.Table, policies, Directory + " %r=ann", grants, gaps);

    [Theory]
    [InlineData("from:2026-11-23 +ann:select", "ann:SELECT")]
    [InlineData("from:2026-11-24 +ann:select", "")]
    [InlineData("until:2026-11-24 +ann:select", "ann:SELECT")]
    [InlineData("until:2026-11-23 +ann:select", "")]
    [InlineData("until:2026-11-23 from:2026-11-01 +ann:select", "ann:SELECT")] // one that applies is enough
    [InlineData("+ann:select; main.*.* until:2026-11-23 -ann:select", "ann:SELECT")]
    [InlineData("+ann:select; main.*.* until:2026-11-24 -ann:select", "")]
    public void A_policy_applies_only_within_its_validity_schedules(string items, string grants) => Desire.Is(Desire.Table, "main.*.* " + items, Directory, grants, "");

    [Fact]
    public void On_a_container_only_its_own_policies_are_told_of() => Desire.Is(
        "main.sales", "main.sales +ann:select; main.sales.orders +ann:select?; main.sales.orders.id mask:cat=MASK?", "users=ann,cat noUse",
        "ann:SELECT", "!INHERITED_ACCESS ann:SELECT 1");

    [Theory]
    [InlineData("main.*.* +ann:select?", "policy `p1`: condition `moon-phase` is not defined by the service; what cannot be evaluated counts against access")]
    [InlineData("main.*.* when? +ann:select", "policy `p1`: condition `moon-phase` is not defined by the service; what cannot be evaluated counts against access")]
    [InlineData("main.*.* +ann:select; tag:pii -ann:select?", "policy `p2`: condition `moon-phase` is not defined by the service; what cannot be evaluated counts against access")]
    [InlineData("main.{USER}.* +ann:select", "policy `p1`: its resources contain tokens or expressions, which only a request gives a value; what cannot be evaluated counts against access")]
    [InlineData("main.*.* +ann:select; main.sales.orders filter:ann=a<1", "the row filter or mask of policy `p2` applies and cannot be set")]
    [InlineData("main.*.* +ann:select; main.sales.orders.id -ann:select", "policy `p2` denies it on something below, which a grant here would reach")]
    [InlineData("main.sales.orders.id +ann:select", "policy `p1` names columns; a grant is on the whole table")]
    public void The_gap_names_policy_and_reason(string policies, string detail) => Assert.Contains(
        new World(policies, "users=ann tag:main.sales=pii").StateOf(Desire.Table).Gaps,
        gap => gap.Detail == detail && gap.PolicyId == (detail.Contains("p2", StringComparison.Ordinal) ? 2 : 1));
}
