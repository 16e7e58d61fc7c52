using PolicySync.Core.Tasks;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

public sealed class PoliciesWithoutEffect
{
    [Fact]
    public async Task A_mask_without_a_column_is_a_gap_of_the_table_that_it_was_meant_for_and_of_no_other()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add("table main.sales.orders", "table main.sales.other");
            world.Workspace.WarehouseId = "w";
            world.Policies.Set(1, "table main.sales.* select ann@corp.com", "mask main.sales.orders MASK_NULL ann@corp.com");
        });

        var task = await world.RunAsync("table main.sales.orders");
        var other = await world.RunAsync("table main.sales.other");

        Assert.Equal((SyncTaskStatus.Success, SyncTaskOutcome.SucceededWithGaps), (task.Status, task.Outcome));
        var gap = Assert.Single(world.ResultOf(task).Gaps);
        Assert.Equal((GapCode.PolicyFeatureUnsupported, GapDirection.Exposed, 2L), (gap.Code, gap.Direction, gap.PolicyId));
        Assert.Contains("its mask names no column", gap.Detail, StringComparison.Ordinal);
        Assert.Empty(world.ResultOf(other).Gaps);
    }
}
