using PolicySync.Core.Tasks;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

/// <summary>A policy that cannot be kept is withheld, and the task's results say which policy and why.</summary>
public sealed class WhatCannotBeHonoured
{
    private const string Table = "table main.sales.orders";

    [Theory]
    [InlineData("table main.sales.orders select ann@corp.com if=moon-phase")]
    [InlineData("deny table main.sales.orders select ann@corp.com if=moon-phase")]
    public async Task A_condition_that_nobody_can_evaluate_counts_against_access(string policy)
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add(Table);
            world.Policies.Set(1, policy, "table main.sales.orders select bob@corp.com", "table main.hr.pay select ann@corp.com");
        });

        var task = await world.RunAsync(Table);

        Assert.Equal(SyncTaskStatus.Success, task.Status);
        Assert.DoesNotContain("ann@corp.com:SELECT", world.Catalog.GrantsOn(Table), StringComparison.Ordinal);
        Assert.Contains("bob@corp.com:SELECT", world.Catalog.GrantsOn(Table), StringComparison.Ordinal);
        var gap = Assert.Single(world.ResultOf(task).Gaps, gap => gap.Code == GapCode.ConditionUnsupported);
        Assert.Equal((GapDirection.Withheld, "ann@corp.com", "SELECT", 1L), (gap.Direction, gap.Principal, gap.Privilege, gap.PolicyId!.Value));
        Assert.Equal("policy `policy 1`: condition `moon-phase` is not defined by the service; what cannot be evaluated counts against access", gap.Detail);
    }
}
