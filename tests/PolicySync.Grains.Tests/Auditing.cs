using PolicySync.Core.Auditing;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Resources;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

/// <summary>The audit stream is told of each change that stands, at least once and under one id, whoever dies in between.</summary>
public sealed class Auditing
{
    private const string Table = "table main.sales.orders";
    private const string Name = "main.sales.orders";
    private const string Row = "resource main.sales.orders";
    private const string Ann = "table main.sales.orders select ann@corp.com";
    private const string Bob = "table main.sales.orders select bob@corp.com";

    [Fact]
    public async Task Each_change_is_told_once_with_its_policy_and_its_task_and_nothing_else_is()
    {
        await using var world = await World.StartAsync(Arrange);
        var first = await world.RunAsync(Table);
        world.Policies.Set(2, Bob);
        var second = await world.RunAsync(Table);
        await world.RunAsync(Table);

        Assert.Equal(
            [$"GRANT {Name} ann@corp.com SELECT", $"GRANT {Name} bob@corp.com SELECT", $"REVOKE {Name} ann@corp.com SELECT"],
            world.Audit.Grants.Order(StringComparer.Ordinal));
        Assert.Equal(3, world.Audit.Of(AuditEvents.GrantChanged).Select(told => told.Id).Distinct().Count());
        var grant = world.Audit.Of(AuditEvents.GrantChanged)[0];
        Assert.Equal(first.Id.ToString(), grant.Data.GetProperty("task").GetProperty("id").GetString());
        Assert.Equal(1, grant.Data.GetProperty("policy").GetProperty("id").GetInt64());
        Assert.False(grant.IsRecovered);
        Assert.Equal(second.Id.ToString(), world.Audit.Of(AuditEvents.GrantChanged)[1].Data.GetProperty("task").GetProperty("id").GetString());
        Assert.Equal(3, world.Audit.Of(AuditEvents.TaskEnded).Count);
        Assert.Equal(2, world.Audit.Of(AuditEvents.PoliciesAccepted).Count);
        Assert.Null(world.States.Of(Table)!.Untold);
    }

    [Fact]
    public async Task Without_a_sink_the_stream_is_never_called_and_no_state_has_more()
    {
        await using var world = await World.StartAsync(world =>
        {
            Arrange(world);
            world.Audit.IsOn = false;
        });
        await world.RunAsync(Table);
        world.Policies.Set(2, Bob);
        await world.RunAsync(Table);

        Assert.Equal(0, world.Audit.Calls);
        Assert.Null(world.States.Of(Table)!.Untold);
    }

    [Fact]
    public async Task With_a_sink_no_write_of_state_is_added()
    {
        var writes = new List<int>();
        foreach (var isOn in new[] { false, true })
        {
            await using var world = await World.StartAsync(world =>
            {
                Arrange(world);
                world.Audit.IsOn = isOn;
            });
            await world.RunAsync(Table);
            writes.Add(world.States.Writes.Count(write => write == Row));
        }

        Assert.Equal(writes[0], writes[1]);
    }

    [Fact]
    public async Task A_dry_run_tells_of_its_end_and_of_what_others_granted_and_of_no_change()
    {
        await using var world = await World.StartAsync(Arrange);
        world.Catalog.Grant(Table, "eve@corp.com", "SELECT");

        await world.RunAsync(World.Request(Table) with { DryRun = true });

        Assert.Empty(world.Audit.Grants);
        var drift = Assert.Single(world.Audit.Of(AuditEvents.DriftFound));
        Assert.Equal(("GRANT", "eve@corp.com", "SELECT"), (drift.Text("action"), drift.Text("principal"), drift.Text("privilege")));
        Assert.Single(world.Audit.Of(AuditEvents.TaskEnded));
        Assert.Empty(world.Catalog.Writes);
    }

    [Fact]
    public async Task Row_filters_and_masks_are_told_with_their_functions()
    {
        await using var world = await World.StartAsync(world =>
        {
            Arrange(world);
            world.Workspace.WarehouseId = "w";
            world.Policies.Set(1, "table main.sales.orders select ann@corp.com,bob@corp.com", "mask main.sales.orders.ssn MASK_NULL ann@corp.com", "filter main.sales.orders id=1 bob@corp.com");
        });
        await world.RunAsync(Table);
        world.Policies.Set(2, "table main.sales.orders select cid@corp.com", "table main.other.a select cid@corp.com");
        await world.RunAsync(Table);

        Assert.Equal(["ROW_FILTER", "COLUMN_MASK ssn", "ROW_FILTER", "COLUMN_MASK ssn"],
            world.Audit.Of(AuditEvents.GuardChanged).Select(told => $"{told.Text("kind")} {told.Text("column")}".TrimEnd()));
        Assert.Equal([false, false, true, true], world.Audit.Of(AuditEvents.GuardChanged).Select(told => told.Text("before") is not null));
        Assert.Equal([true, true, false, false], world.Audit.Of(AuditEvents.GuardChanged).Select(told => told.Text("after") is not null));
        Assert.DoesNotContain("id=1", string.Concat(world.Audit.Told.Select(told => told.Event.GetRawText())), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("before intent")]
    [InlineData("after intent")]
    [InlineData("before telling")]
    [InlineData("after telling")]
    [InlineData("before close")]
    [InlineData("after close")]
    public async Task A_silo_that_dies_at_any_step_loses_no_event_and_a_repeat_has_the_same_id(string step)
    {
        await using var world = await World.StartAsync(ArrangeCrash, silos: 2);
        Task? kill = null;
        void Kill() => kill ??= world.KillAsync(world.SiloOf(ResourceKey.Of("test", Support.Resources.Parse(Table))));
        Task Never()
        {
            Kill();
            return new TaskCompletionSource().Task;
        }

        var writes = 0;
        var nth = step.EndsWith("intent", StringComparison.Ordinal) ? 1 : 2;
        if (step.EndsWith("telling", StringComparison.Ordinal))
        {
            (world.Audit.BeforeTell, world.Audit.AfterTell) = step == "before telling" ? ((Action?)(() => DieOnce()), (Action?)null) : (null, Kill);
        }
        else if (step.StartsWith("before", StringComparison.Ordinal))
        {
            world.States.BeforeWrite = name => name == Row && ++writes == nth ? Never() : Task.CompletedTask;
        }
        else
        {
            world.States.AfterWrite = name =>
            {
                if (name == Row && ++writes == nth)
                {
                    Kill();
                }
            };
        }

        void DieOnce()
        {
            if (kill is null)
            {
                Kill();
                throw new Core.Errors.SyncException(Core.Errors.SyncErrorCode.Unavailable, "killed");
            }
        }

        var task = await world.EndOfAsync((await world.SubmitAsync(Table)).Id);
        await World.UntilAsync(() => kill is not null, "the kill");
        await kill!;

        Assert.Equal(SyncTaskStatus.Success, task.Status);
        Assert.Equal("ann@corp.com:SELECT", world.Catalog.GrantsOn(Table));
        Assert.Equal([$"GRANT {Name} ann@corp.com SELECT"], world.Audit.Grants.Distinct());
        Assert.Single(world.Audit.Of(AuditEvents.GrantChanged).Select(told => told.Id).Distinct());
        Assert.Null(world.States.Of(Table)!.Untold);
        Assert.Equal(step is "before telling" or "after telling" or "before close", world.Audit.Of(AuditEvents.GrantChanged)[^1].IsRecovered);
    }

    [Fact]
    public async Task A_change_of_a_dead_silo_that_takes_effect_late_is_told_by_the_run_that_finds_it()
    {
        await using var world = await World.StartAsync(ArrangeCrash, silos: 2);
        var hold = world.Catalog.HoldNext(FakeUnityCatalog.Patch, Table);
        var task = await world.SubmitAsync(Table);
        await hold.Reached;
        world.Policies.Set(2, Bob);
        var dead = world.States.Of(Table)!.OpenIntentOf;
        var kill = world.KillAsync(world.SiloOf(ResourceKey.Of("test", Support.Resources.Parse(Table))));
        await World.UntilAsync(() => world.States.Of(Table)!.OpenIntentOf != dead, "the row to be taken over");
        hold.Release();
        await kill;
        await world.EndOfAsync(task.Id);

        Assert.Equal(
            [$"GRANT {Name} ann@corp.com SELECT", $"GRANT {Name} bob@corp.com SELECT", $"REVOKE {Name} ann@corp.com SELECT"],
            world.Audit.Grants.Order(StringComparer.Ordinal));
        Assert.True(world.Audit.Of(AuditEvents.GrantChanged)[0].IsRecovered);
        Assert.Equal($"GRANT {Name} ann@corp.com SELECT", world.Audit.Grants[0]);
    }

    [Fact]
    public async Task A_change_whose_answer_was_lost_is_told_if_it_was_made()
    {
        await using var world = await World.StartFrozenAsync(Arrange);
        var lost = world.Catalog.LoseNextAnswer(Table, takesEffect: true);

        await world.PassUntilEndAsync((await world.SubmitAsync(Table)).Id);
        lost();

        Assert.Equal([$"GRANT {Name} ann@corp.com SELECT"], world.Audit.Grants);
    }

    [Fact]
    public async Task What_Unity_Catalog_refuses_is_not_told()
    {
        await using var world = await World.StartAsync(world =>
        {
            Arrange(world);
            world.Policies.Set(1, "table main.sales.orders select ann@corp.com,bob@corp.com");
            world.Catalog.UnknownPrincipals.Add("bob@corp.com");
        });

        await world.RunAsync(Table);

        Assert.Equal([$"GRANT {Name} ann@corp.com SELECT"], world.Audit.Grants);
        Assert.Null(world.States.Of(Table)!.Untold);
    }

    [Fact]
    public async Task A_stream_that_is_required_and_full_keeps_changes_back_until_it_has_room()
    {
        await using var world = await World.StartFrozenAsync(Arrange);
        await world.PassUntilEndAsync((await world.SubmitAsync(Table)).Id);
        world.Policies.Set(2, Bob);
        await world.PassAsync(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(10));
        world.Catalog.Forget();
        world.Audit.BeforeTell = () => Assert.Fail("nothing is made that would be told");
        var before = world.Audit.Calls;
        world.Audit.IsFull = true;

        var task = await world.SubmitAsync(Table);
        await world.PassUntilAsync(() => world.Audit.Calls > before + 2, "several tries");
        Assert.Empty(world.Catalog.Writes);

        (world.Audit.IsFull, world.Audit.BeforeTell) = (false, null);
        await world.PassUntilEndAsync(task.Id);
        Assert.Equal("bob@corp.com:SELECT", world.Catalog.GrantsOn(Table));
        Assert.Equal(3, world.Audit.Grants.Count);
    }

    [Fact]
    public async Task A_change_that_was_made_when_the_stream_became_full_is_told_later_and_not_made_again()
    {
        await using var world = await World.StartFrozenAsync(Arrange);
        world.Audit.BeforeTell = () => world.Audit.IsFull = true;
        var task = await world.SubmitAsync(Table);
        await world.PassUntilAsync(() => world.Audit.IsFull, "a change to be told");
        await world.PassAsync(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(1));

        (world.Audit.BeforeTell, world.Audit.IsFull) = (null, false);
        await world.PassUntilEndAsync(task.Id);

        Assert.Single(world.Catalog.Writes);
        Assert.Equal([$"GRANT {Name} ann@corp.com SELECT"], world.Audit.Grants);
        Assert.False(world.Audit.Of(AuditEvents.GrantChanged)[0].IsRecovered);
    }

    [Fact]
    public async Task Policies_that_are_refused_are_told_once_with_the_version_that_stays_in_force()
    {
        await using var world = await World.StartAsync(world =>
        {
            Arrange(world);
            world.PoliciesOptions.MaxWait = TimeSpan.FromSeconds(1);
        });
        await world.RunAsync(Table);
        world.Policies.Set(2);

        await world.RunAsync(Table);
        await world.RunAsync(Table);

        var refused = Assert.Single(world.Audit.Of(AuditEvents.PoliciesRefused));
        Assert.Equal(("2", "1"), (refused.Text("version"), refused.Text("inForce")));
        Assert.Single(world.Audit.Of(AuditEvents.PoliciesAccepted));
    }

    private static void Arrange(World world)
    {
        world.Catalog.Add(Table);
        world.Sync.ParentUse = false;
        world.Policies.Set(1, Ann);
        world.Audit.IsOn = true;
    }

    private static void ArrangeCrash(World world)
    {
        Arrange(world);
        world.ResponseTimeout = TimeSpan.FromSeconds(5);
        world.Workspace.WriteTimeout = TimeSpan.FromSeconds(3);
        world.RecoveryPeriod = TimeSpan.FromMilliseconds(300);
    }
}
