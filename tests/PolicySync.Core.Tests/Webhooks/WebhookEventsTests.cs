using System.Globalization;
using PolicySync.Core.Errors;
using PolicySync.Core.Options;
using PolicySync.Core.Tasks;
using PolicySync.Core.Webhooks;

namespace PolicySync.Core.Tests.Webhooks;

/// <summary>Which endpoint gets which event, and what is in it.</summary>
public sealed class WebhookEventsTests
{
    private static readonly DateTimeOffset Noon = DateTimeOffset.Parse("2026-11-30T12:00:00Z", CultureInfo.InvariantCulture);

    [Theory]
    [InlineData(TaskTypes.Verify, 3, 2, "task.ended,drift.found,access.exposed")]
    [InlineData(TaskTypes.Verify, 3, 0, "task.ended,drift.found")]
    [InlineData(TaskTypes.Verify, 0, 0, "task.ended")]
    [InlineData(TaskTypes.ResourceSync, 3, 0, "task.ended")] // a dry run: what it would change is no drift
    [InlineData(TaskTypes.ResourceSync, 0, 2, "task.ended,access.exposed")]
    public void An_endpoint_that_names_no_event_gets_all_that_a_task_gives_cause_for(string type, long drifted, long exposed, string events) =>
        Assert.Equal(events.Split(','), For(Ended(type, drifted, exposed), new WebhookEndpoint { Name = "ops" }));

    [Fact]
    public void Events_may_be_chosen_and_have_a_least_number_of_securables()
    {
        var endpoint = new WebhookEndpoint { Name = "ops", Min = 3 };
        endpoint.Events.Add("drift.found");
        endpoint.Events.Add("access.exposed");

        Assert.Equal(["drift.found"], For(Ended(TaskTypes.Verify, 3, 2), endpoint));
    }

    [Theory]
    [InlineData("main.sales.orders", true)]
    [InlineData("main.sales", true)]
    [InlineData("*.sales.o*", true)]
    [InlineData("MAIN", true)]
    [InlineData("main.hr", false)]
    [InlineData("main.sales.customers", false)]
    public void Securables_may_be_chosen_by_patterns(string pattern, bool isWanted)
    {
        var endpoint = new WebhookEndpoint { Name = "ops" };
        endpoint.Securables.Add(pattern);

        Assert.Equal(isWanted, For(Ended(TaskTypes.ResourceSync, 0, 0), endpoint).Count > 0);
    }

    [Theory]
    [InlineData("main.sales.orders", true)] // could be below it
    [InlineData("other.sales", false)]
    public void A_container_concerns_the_patterns_of_what_may_be_in_it(string pattern, bool isWanted)
    {
        var endpoint = new WebhookEndpoint { Name = "ops" };
        endpoint.Securables.Add(pattern);
        var task = Ended(TaskTypes.ResourceSync, 0, 0) with { Request = Request(TaskTypes.ResourceSync, "catalog", "main") };

        Assert.Equal(isWanted, For(task, endpoint).Count > 0);
    }

    [Theory]
    [InlineData("spaceship", "main")]
    [InlineData("table", "main")] // lacks names
    [InlineData("catalog", "a.b")]
    public void A_resource_that_is_no_securable_concerns_no_pattern(string type, string name)
    {
        var endpoint = new WebhookEndpoint { Name = "ops" };
        endpoint.Securables.Add("*");
        var task = Ended(TaskTypes.ResourceSync, 0, 0) with { Request = Request(type, name) };

        Assert.Empty(For(task, endpoint));
    }

    [Fact]
    public void An_id_is_that_of_the_event_and_of_no_other()
    {
        string[] ids =
        [
            WebhookDelivery.IdOf("one", "task.ended", "77"), WebhookDelivery.IdOf("two", "task.ended", "77"),
            WebhookDelivery.IdOf("one", "drift.found", "77"), WebhookDelivery.IdOf("one", "task.ended", "78"),
        ];

        Assert.Equal(4, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Matches("^msg_[0-9a-f]{32}$", id));
        Assert.Equal(ids[0], WebhookDelivery.IdOf("one", "task.ended", "77"));
    }

    [Fact]
    public void The_body_about_a_task_has_its_end_and_counts_and_no_absent_value() => Assert.Equal(
        """
        {"type":"task.ended","timestamp":"2026-11-30T12:00:09.000Z","data":{"instance":"one","taskId":"77","taskType":"VERIFY","status":"SUCCESS","outcome":"DRIFTED","message":"Sync completed successfully","createTime":"2026-11-30T12:00:00.000Z","startTime":"2026-11-30T12:00:01.000Z","endTime":"2026-11-30T12:00:09.000Z","dryRun":false,"requestedBy":"ann","source":"airflow","counts":{"done":5,"changed":0,"failed":0,"skipped":1,"gaps":4,"drifted":3,"exposed":2},"resources":["table main.sales.orders"],"resourceCount":1,"link":"/policysync/api/v1/tasks/77"}}
        """,
        WebhookMessages.OfTask("task.ended", "one", Ended(TaskTypes.Verify, 3, 2)));

    [Fact]
    public void The_body_about_a_task_that_repeats_another_names_that()
    {
        var task = Ended(TaskTypes.ResourceSync, 0, 0);
        task = task with { Request = task.Request with { RetryOf = 76 } };

        Assert.Contains("\"retryOf\":\"76\"", WebhookMessages.OfTask("task.ended", "one", task), StringComparison.Ordinal);
    }

    [Fact]
    public void A_body_names_at_most_20_resources()
    {
        var task = Ended(TaskTypes.ResourceSync, 0, 0);
        task = task with { Request = task.Request with { Resources = [.. Enumerable.Repeat(task.Request.Resources[0], 1_000)] } };

        var data = System.Text.Json.JsonDocument.Parse(WebhookMessages.OfTask("task.ended", "one", task)).RootElement.GetProperty("data");

        Assert.Equal((20, 1_000), (data.GetProperty("resources").GetArrayLength(), data.GetProperty("resourceCount").GetInt32()));
    }

    [Fact]
    public void The_body_about_refused_policies_says_which_and_why() => Assert.Equal(
        """
        {"type":"policies.refused","timestamp":"2026-11-30T12:00:00.000Z","data":{"instance":"one","code":"POLICIES_SHRANK","version":7,"message":"version 7 lost too much"}}
        """,
        WebhookMessages.OfRefusedPolicies("one", 7, new SyncException(SyncErrorCode.PoliciesShrank, "version 7 lost too much"), Noon));

    private static List<string> For(SyncTask task, WebhookEndpoint endpoint)
    {
        var options = new WebhooksOptions();
        options.Endpoints.Add(endpoint);
        var subscriptions = new WebhookSubscriptions(options);
        var events = subscriptions.For(task).Select(wanted => wanted.Event).ToList();
        Assert.All(WebhookEvents.OfTasks, happened => Assert.Equal(events.Contains(happened), subscriptions.Wants("ops", happened, task)));
        return events;
    }

    private static SyncTask Ended(string type, long drifted, long exposed) => new()
    {
        Id = new TaskId(77),
        Request = Request(type, "table", "main", "sales", "orders") with { Subject = "ann", Event = new SyncEvent { Source = "airflow" } },
        Status = SyncTaskStatus.Success,
        Outcome = SyncTaskOutcome.Drifted,
        Message = TaskMessages.Succeeded,
        CreateTime = Noon,
        StartTime = Noon.AddSeconds(1),
        EndTime = Noon.AddSeconds(9),
        Progress = TaskProgress.None with { Done = 5, Skipped = 1, Gaps = 4, Drifted = drifted },
        Exposed = exposed,
    };

    private static SyncRequest Request(string type, string resource, params string[] names) => new()
    {
        Type = type,
        Resources = [new RequestedResource(resource, new[] { "catalog", "schema", "table" }.Zip(names).ToDictionary(pair => pair.First, pair => pair.Second))],
    };

    private static SyncRequest Request(string resource, string name) => Request(TaskTypes.ResourceSync, resource, name);
}
