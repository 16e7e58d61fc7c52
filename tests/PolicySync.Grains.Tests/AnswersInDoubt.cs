using PolicySync.Core.Tasks;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

/// <summary>What an answer lacks is not known, never empty: nothing is forgotten or opened because of it.</summary>
public sealed class AnswersInDoubt
{
    private const string Table = "table main.sales.orders";

    [Fact]
    public async Task A_grant_of_ours_that_an_answer_leaves_out_stays_ours_and_is_revoked_when_answers_show_it_again()
    {
        await using var world = await World.StartFrozenAsync(world => Arrange(world, "table main.sales.orders select ann@corp.com,bob@corp.com"));
        await world.PassUntilEndAsync((await world.SubmitAsync(Table)).Id);
        await world.PassAsync(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(1)); // our write must show by now
        world.Policies.Set(2, "table main.sales.orders select bob@corp.com,cid@corp.com");
        world.Catalog.LeftOut = "ann@corp.com";

        var task = await world.PassUntilEndAsync((await world.SubmitAsync(Table)).Id, TimeSpan.FromSeconds(10));

        Assert.Equal(SyncTaskStatus.Failed, task.Status);
        Assert.Equal(Core.Errors.SyncErrorCode.Unavailable, world.ResultOf(task).Error!.Code);
        Assert.Contains("omitted SELECT of `ann@corp.com`", world.ResultOf(task).Error!.Message, StringComparison.Ordinal);
        Assert.Equal("ann@corp.com:SELECT bob@corp.com:SELECT", world.Catalog.GrantsOn(Table));

        world.Catalog.LeftOut = null;
        task = await world.PassUntilEndAsync((await world.SubmitAsync(Table)).Id);

        Assert.Equal(SyncTaskOutcome.Succeeded, task.Outcome);
        Assert.Equal("bob@corp.com:SELECT cid@corp.com:SELECT", world.Catalog.GrantsOn(Table));
    }

    [Fact]
    public async Task A_grant_of_ours_that_others_took_back_is_asked_for_a_second_time_only_in_that_run()
    {
        await using var world = await World.StartFrozenAsync(world => Arrange(world, "table main.sales.orders select ann@corp.com,bob@corp.com"));
        await world.PassUntilEndAsync((await world.SubmitAsync(Table)).Id);
        await world.PassAsync(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(1));
        world.Catalog.Revoke(Table, "ann@corp.com", "SELECT");
        world.Catalog.Forget();

        var task = await world.PassUntilEndAsync((await world.SubmitAsync(Table)).Id);

        Assert.Equal(SyncTaskOutcome.Succeeded, task.Outcome);
        Assert.Equal("ann@corp.com:SELECT bob@corp.com:SELECT", world.Catalog.GrantsOn(Table));
        Assert.Single(world.Catalog.Calls, call => call.Operation == FakeUnityCatalog.Effective);

        world.Catalog.Forget();
        await world.PassUntilEndAsync((await world.SubmitAsync(Table)).Id);
        Assert.DoesNotContain(world.Catalog.Calls, call => call.Operation == FakeUnityCatalog.Effective);
    }

    [Fact]
    public async Task What_is_gone_for_certain_is_asked_about_once_also_where_nothing_is_to_be_changed()
    {
        await using var world = await World.StartFrozenAsync(world => Arrange(world, "table main.sales.orders select ann@corp.com,bob@corp.com"));
        await world.PassUntilEndAsync((await world.SubmitAsync(Table)).Id);
        await world.PassAsync(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(1));
        world.Policies.Set(2, "table main.sales.orders select bob@corp.com");
        world.Catalog.Revoke(Table, "ann@corp.com", "SELECT");
        await world.PassUntilEndAsync((await world.SubmitAsync(Table)).Id);
        world.Catalog.Forget();
        world.States.ClearWrites();

        await world.PassUntilEndAsync((await world.SubmitAsync(Table)).Id);

        Assert.DoesNotContain(world.Catalog.Calls, call => call.Operation == FakeUnityCatalog.Effective);
        Assert.Empty(world.States.Writes);
    }

    private static void Arrange(World world, params string[] policies)
    {
        world.Catalog.Add(Table);
        world.Sync.ParentUse = false;
        world.Policies.Set(1, policies);
    }
}
