using PolicySync.Core.Options;
using PolicySync.Core.Tasks;
using PolicySync.Core.Webhooks;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

/// <summary>Events for webhooks: stored before the end of a task, sent after it, lost by nothing.</summary>
public sealed class Webhooks
{
    private const string Table = "table main.sales.orders";

    private static readonly WebhookAnswer Refused = new(WebhookResult.Failed, "it answered 503");

    [Fact]
    public async Task The_end_of_a_task_is_sent_once_to_each_endpoint_that_wants_it()
    {
        await using var world = await World.StartAsync(world => Arrange(world, "first", "second"));
        world.Webhooks.Endpoints.Add(new WebhookEndpoint { Name = "late" }); // read at the start only

        var task = await world.RunAsync(Table);
        await EmptyAsync(world);

        Assert.Equal(["first", "second"], world.Receivers.All.Select(received => received.Endpoint).Order());
        Assert.All(world.Receivers.All, received =>
        {
            Assert.Equal("task.ended", received.Event);
            Assert.Equal((task.Id.ToString(), "SUCCESS", "SUCCEEDED"), (
                received.TaskId, received.Data.GetProperty("status").GetString(), received.Data.GetProperty("outcome").GetString()));
        });
        Assert.Single(world.Receivers.All.Select(received => received.Id).Distinct());
    }

    [Fact]
    public async Task Without_endpoints_nothing_is_stored()
    {
        await using var world = await World.StartAsync(world => Arrange(world));
        var writes = 0;
        world.OutboxTrouble = _ =>
        {
            Interlocked.Increment(ref writes);
            return null;
        };

        await world.RunAsync(Table);

        Assert.Equal(0, writes);
    }

    [Fact]
    public async Task An_endpoint_gets_the_events_of_the_securables_that_it_names()
    {
        await using var world = await World.StartAsync(world =>
        {
            Arrange(world, "sales", "hr");
            world.Webhooks.Endpoints[0].Securables.Add("main.sales.*");
            world.Webhooks.Endpoints[1].Securables.Add("main.hr");
        });

        await world.RunAsync(Table);
        await world.RunAsync("catalog main"); // contains both
        await EmptyAsync(world);

        Assert.Equal(["hr", "sales", "sales"], world.Receivers.All.Select(received => received.Endpoint).Order());
    }

    [Fact]
    public async Task A_verification_that_finds_drift_and_exposed_access_says_so()
    {
        await using var world = await World.StartAsync(world =>
        {
            Arrange(world, "all", "many");
            world.Webhooks.Endpoints[1].Min = 100;
            world.Catalog.Grant(Table, "cid@corp.com", "SELECT"); // policy does not want it, and it is not ours to revoke
        });

        await world.RunAsync(World.Request("catalog main") with { Type = TaskTypes.Verify });
        await EmptyAsync(world);

        Assert.Equal(
            ["access.exposed all", "drift.found all", "task.ended all", "task.ended many"],
            world.Receivers.All.Select(received => $"{received.Event} {received.Endpoint}").Order());
        var counts = world.Receivers.All[0].Data.GetProperty("counts");
        Assert.Equal((3, 1), (counts.GetProperty("drifted").GetInt32(), counts.GetProperty("exposed").GetInt32()));
    }

    [Fact]
    public async Task Nothing_is_sent_before_the_end_of_the_task_is_stored()
    {
        await using var world = await World.StartFrozenAsync(world => Arrange(world, "all"));
        world.Store.Trouble = (what, _) => what == "finish" ? KeptTasks.Down : null;
        var task = await world.SubmitAsync(Table);
        await world.PassUntilAsync(() => Pending(world) > 0, "the event");

        await world.PassAsync(TimeSpan.FromMinutes(3), TimeSpan.FromSeconds(1));
        Assert.Empty(world.Receivers.All);

        world.Store.Trouble = null;
        await world.PassUntilEndAsync(task.Id);
        await world.PassUntilAsync(() => Pending(world) == 0, "the delivery");
        Assert.Single(world.Receivers.All);
    }

    [Fact]
    public async Task A_silo_killed_before_the_end_is_stored_sends_nothing_and_loses_nothing()
    {
        await using var world = await World.StartAsync(
            world =>
            {
                Arrange(world, "all");
                world.RecoveryPeriod = TimeSpan.FromMilliseconds(100);
            },
            silos: 2);
        world.Store.Trouble = (what, _) => what == "finish" ? KeptTasks.Down : null;
        var task = await world.SubmitAsync(Table);
        await World.UntilAsync(() => Pending(world) > 0, "the event");
        var killed = world.SiloOf(task.Id);

        await world.KillAsync(killed);
        Assert.Empty(world.Receivers.All);
        world.Store.Trouble = null;
        var ended = await world.EndOfAsync(task.Id);
        await EmptyAsync(world);

        var received = Assert.Single(world.Receivers.All);
        Assert.Equal(WebhookMessages.OfTask("task.ended", "test", ended), received.Body.GetRawText());
    }

    [Fact]
    public async Task A_silo_killed_while_it_sends_has_the_event_sent_again_with_the_same_id()
    {
        await using var world = await World.StartAsync(world => Arrange(world, "all"), silos: 2);
        world.Receivers.Hold = new Hold();
        await world.RunAsync(Table);
        await world.Receivers.Hold.Reached;

        await world.KillAsync(world.Cluster.Silos.MinBy(silo => silo.SiloAddress)!); // the keeper of the one lane that these tasks are in
        world.Receivers.Hold.Release();
        await EmptyAsync(world);

        Assert.Equal(2, world.Receivers.All.Count);
        Assert.Single(world.Receivers.All.Select(received => received.Id).Distinct());
        Assert.Single(world.Receivers.All.Select(received => received.Body.GetRawText()).Distinct());
    }

    [Fact]
    public async Task A_task_that_another_owner_ended_otherwise_is_sent_as_it_is_stored()
    {
        await using var world = await World.StartAsync(world => Arrange(world, "all"));
        var task = new SyncTask
        {
            Id = TaskId.Create(TimeProvider.System.GetUtcNow(), 0, 1), Request = World.Request(Table), CreateTime = TimeProvider.System.GetUtcNow(),
            Status = SyncTaskStatus.Failed, Outcome = SyncTaskOutcome.Failed, Message = "stored", EndTime = TimeProvider.System.GetUtcNow(),
        };
        world.Store.Put(task, isOpen: false);

        // A process that was cut off stored these events; the end that it could not store would have been another.
        await world.Outbox.AddAsync(
            [.. WebhookEvents.OfTasks.Select(happened => WebhookDelivery.Of("all", happened, "test", task, TimeProvider.System.GetUtcNow()))], default);
        await EmptyAsync(world);

        var received = Assert.Single(world.Receivers.All);
        Assert.Equal(("task.ended", "stored"), (received.Event, received.Data.GetProperty("message").GetString()));
    }

    [Fact]
    public async Task An_endpoint_that_fails_is_tried_for_24_hours_in_growing_intervals_and_keeps_no_other_waiting()
    {
        await using var world = await World.StartFrozenAsync(world => Arrange(world, "dead", "good"));
        var times = new List<DateTimeOffset>();
        world.Receivers.Answer = received =>
        {
            if (received.Endpoint == "good")
            {
                return new WebhookAnswer(WebhookResult.Delivered);
            }

            times.Add(world.Clock!.GetUtcNow());
            return Refused;
        };
        var task = await world.SubmitAsync(Table);
        await world.PassUntilEndAsync(task.Id);

        await world.PassUntilAsync(() => Pending(world) == 0, "the end of patience", TimeSpan.FromMinutes(2));

        Assert.Equal(1, world.Receivers.All.Count(received => received.Endpoint == "good"));
        Assert.InRange(times.Count, 10, 16);
        Assert.InRange(times[^1] - times[0], TimeSpan.FromHours(24), TimeSpan.FromHours(24.1));
        Assert.Single(world.Receivers.All.Select(received => received.Id).Distinct());
        Assert.Contains("did not accept task.ended", Assert.Single(world.Errors), StringComparison.Ordinal);
        world.Errors.Clear();
    }

    [Fact]
    public async Task An_endpoint_that_answers_410_does_not_get_the_event_again_but_the_next_one()
    {
        await using var world = await World.StartAsync(world => Arrange(world, "all"));
        world.Receivers.Answer = _ => new WebhookAnswer(WebhookResult.Gone, "it answered 410");
        await world.RunAsync(Table);
        await EmptyAsync(world);
        await world.RunAsync(Table);
        await EmptyAsync(world);

        Assert.Equal(2, world.Receivers.All.Count);
        Assert.Equal(2, world.Receivers.All.Select(received => received.Id).Distinct().Count());
    }

    [Fact]
    public async Task An_endpoint_that_is_down_is_tried_with_one_event_at_a_time_and_gets_all_when_it_is_back()
    {
        const int tasks = 40;
        await using var world = await World.StartFrozenAsync(world => Arrange(world, "all"));
        world.Receivers.Answer = _ => Refused;
        foreach (var task in await Task.WhenAll(Enumerable.Range(0, tasks).Select(_ => world.SubmitAsync(Table))))
        {
            await world.PassUntilEndAsync(task.Id);
        }

        await world.PassUntilAsync(() => world.Receivers.All.Count >= 8, "the first attempts");
        await world.PassAsync(TimeSpan.FromMinutes(20), TimeSpan.FromSeconds(5));
        Assert.InRange(world.Receivers.All.Count, 10, 30);
        Assert.Equal(tasks, Pending(world));

        world.Receivers.Answer = _ => new WebhookAnswer(WebhookResult.Delivered);
        await world.PassUntilAsync(() => Pending(world) == 0, "all deliveries", TimeSpan.FromSeconds(10));
        var delivered = world.Receivers.All.Where(received => received.Result == WebhookResult.Delivered).ToList();
        Assert.Equal(tasks, delivered.Select(received => received.TaskId).Distinct().Count());
        Assert.Equal(tasks, delivered.Count);
    }

    [Fact]
    public async Task Events_for_an_endpoint_that_stays_down_are_given_up_after_24_hours_though_few_were_tried()
    {
        await using var world = await World.StartFrozenAsync(world => Arrange(world, "all"));
        world.Receivers.Answer = _ => Refused;
        foreach (var task in await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => world.SubmitAsync(Table))))
        {
            await world.PassUntilEndAsync(task.Id);
        }

        var since = world.Clock!.GetUtcNow();
        await world.PassUntilAsync(() => Pending(world) == 0, "the end of patience", TimeSpan.FromMinutes(4));

        Assert.InRange(world.Clock.GetUtcNow() - since, TimeSpan.FromHours(23.5), TimeSpan.FromHours(29));
        Assert.Equal(40, world.Errors.Count);
        world.Errors.Clear();
    }

    [Fact]
    public async Task An_endpoint_that_asks_to_be_left_alone_is()
    {
        await using var world = await World.StartFrozenAsync(world => Arrange(world, "all"));
        world.Receivers.Answer = _ => Refused with { RetryAfter = TimeSpan.FromMinutes(20) };
        await world.PassUntilEndAsync((await world.SubmitAsync(Table)).Id);
        await world.PassUntilAsync(() => world.Receivers.All.Count == 1, "the first attempt");
        world.Receivers.Answer = _ => new WebhookAnswer(WebhookResult.Delivered);
        await world.PassUntilEndAsync((await world.SubmitAsync(Table)).Id); // a second event does not disturb it either

        await world.PassAsync(TimeSpan.FromMinutes(19), TimeSpan.FromSeconds(10));
        Assert.Single(world.Receivers.All);

        await world.PassUntilAsync(() => Pending(world) == 0, "the delivery", TimeSpan.FromSeconds(10));
        Assert.Equal(3, world.Receivers.All.Count);
    }

    [Fact]
    public async Task Refused_policies_are_reported_once_whichever_silos_refuse_them_and_also_when_the_outbox_does_not_answer_at_first()
    {
        await using var world = await World.StartAsync(
            world =>
            {
                Arrange(world, "all");
                world.Webhooks.Endpoints[0].Events.Add(WebhookEvents.PoliciesRefused);
                world.Policies.Set(1, [.. Enumerable.Range(0, 10).Select(n => $"table main.sales.t{n} select ann@corp.com")]);
            },
            silos: 2);
        await world.RunAsync(Table);
        var failures = 1;
        world.OutboxTrouble = what => what == "add once" && Interlocked.Decrement(ref failures) >= 0 ? KeptTasks.Down : null;
        world.Policies.Set(2, $"{Table} select ann@corp.com");

        for (var i = 0; i < 12; i++) // by either silo
        {
            var task = await world.RunAsync(Table);
            Assert.StartsWith("POLICIES_SHRANK", task.Message, StringComparison.Ordinal);
        }

        await World.UntilAsync(() => world.Receivers.All.Count > 0, "the event");
        await EmptyAsync(world);
        var received = Assert.Single(world.Receivers.All);
        Assert.Equal(("policies.refused", "POLICIES_SHRANK", 2L), (
            received.Event, received.Data.GetProperty("code").GetString(), received.Data.GetProperty("version").GetInt64()));
    }

    private static void Arrange(World world, params string[] endpoints)
    {
        world.Catalog.Add(Table);
        world.Policies.Set(1, $"{Table} select ann@corp.com");
        foreach (var name in endpoints)
        {
            world.Webhooks.Endpoints.Add(new WebhookEndpoint { Name = name, Url = new Uri("https://hooks.example/") });
        }
    }

    private static int Pending(World world) => world.Webhooks.Endpoints.Sum(
        endpoint => world.Outbox.CountAsync(endpoint.Name!, LaneRange.All, 1_000, CancellationToken.None).Result.Count);

    private static Task EmptyAsync(World world) => World.UntilAsync(() => Pending(world) == 0, "an empty outbox");
}
