using PolicySync.Client.Tests.Generated;
using PolicySync.Client.Tests.Support;

namespace PolicySync.Client.Tests;

/// <summary>The client and the service itself.</summary>
[Collection(LiveServiceCollection.Name)]
public sealed class AgainstTheServiceTests(LiveService service)
{
    [Fact]
    public async Task The_client_does_the_scenario()
    {
        using var client = Client();
        var report = new List<string>();
        var request = TaskRequest.Sync(Securable.Table("main", "sales", "customers"), Securable.Table("main", "sales", "orders")) with
        {
            CreateTime = "1700000000000",
        };
        var key = Guid.NewGuid().ToString();

        var first = await client.SubmitAsync(request, key);
        var task = await client.RunAsync(request, idempotencyKey: key);
        report.Add($"submitted and repeated: {(first.TaskId == task.TaskId ? "one task" : "two tasks")}");
        report.Add($"ended: {Wire(task.Status)}");
        report.Add($"progress: {task.Progress.Done} done, {task.Progress.Failed} failed");

        var resources = await client.Resources(task.TaskId, new ResourceFilter { Status = ResourceStatus.Success, PageSize = 1 }).ToListAsync();
        var lines = resources.Select(resource => $"{resource.Type} {resource.FullName} {resource.Status.ToString().ToUpperInvariant()}");
        report.Add($"resources: {string.Join(", ", lines.Order())}");
        var listed = await client.Tasks(new TaskFilter { Status = SyncTaskStatus.Success }).AnyAsync(item => item.TaskId == task.TaskId);
        report.Add($"listed: {(listed ? "yes" : "no")}");
        report.Add($"event: {task.Event?.CreateTime}");
        var unknown = await Assert.ThrowsAsync<PolicySyncException>(() => client.GetAsync("1"));
        report.Add($"unknown task: {(int)unknown.Status} {unknown.Code}");
        var refused = await Assert.ThrowsAsync<PolicySyncException>(() => client.SubmitAsync(TaskRequest.Sync()));
        report.Add($"faults: {string.Join(", ", refused.Faults.Select(fault => fault.Pointer))}");
        var updates = await client.StreamAsync(task.TaskId).ToListAsync();
        report.Add($"streamed: {updates.OfType<TaskResultUpdate>().Count()} results, ended {Wire(((TaskStatusUpdate)updates[^1]).Task.Status)}");
        var found = await client.Tasks(new TaskFilter { Securable = "table main.sales.customers" }).AnyAsync(item => item.TaskId == task.TaskId);
        report.Add($"found by securable: {(found ? "yes" : "no")}");

        var failed = await client.RunAsync(TaskRequest.Sync(Securable.Table("main", "sales", "returns")));
        report.Add($"failed: {Wire(failed.Status)} {Assert.Single(failed.Failures).Code}");
        var retry = await client.RetryAsync(failed.TaskId);
        var retried = await client.WaitAsync(retry.TaskId);
        var linked = (retry.RetryOf, retried.RetryOf, (await client.GetAsync(failed.TaskId)).RetriedBy) == (failed.TaskId, failed.TaskId, retry.TaskId);
        report.Add($"retried: {Wire(retried.Status)}, {(linked ? "linked both ways" : "not linked")}");
        var nothing = await Assert.ThrowsAsync<PolicySyncException>(() => client.RetryAsync(task.TaskId));
        report.Add($"nothing to retry: {(int)nothing.Status} {nothing.Code}");
        report.Add($"cancelled after the end: {Wire((await client.CancelAsync(task.TaskId)).Status)}");
        var endless = await client.SubmitAsync(TaskRequest.Sync(Securable.Table("main", "sales", "shipments")));
        await client.CancelAsync(endless.TaskId);
        var cancelled = await client.WaitAsync(endless.TaskId);
        report.Add($"cancelled: {Wire(cancelled.Status)} {cancelled.Outcome.ToString()!.ToUpperInvariant()}");

        Assert.Equal(Scenario.Report, string.Join('\n', report));
    }

    [Fact]
    public async Task The_client_reads_what_was_recorded_of_a_securable()
    {
        using var client = Client();
        var task = await client.RunAsync(TaskRequest.Sync(Securable.Table("main", "sales", "customers")));

        var state = await client.SecurableAsync("table", "main.sales.customers");

        Assert.Equal(("table", "main.sales.customers", true, SyncMode.Owned), (state.Type, state.FullName, state.Managed, state.Mode));
        Assert.Contains(state.Tasks, item => item.TaskId == task.TaskId);
        Assert.Equal(state.GrantCount, state.Grants.Count);
        Assert.NotEmpty(state.Grants);
        Assert.All(state.Grants, grant => Assert.NotEmpty(grant.PolicyName!));
        await Assert.ThrowsAsync<PolicySyncException>(() => client.SecurableAsync("cluster", "main"));
        await Assert.ThrowsAsync<ArgumentException>(() => client.SecurableAsync("table", ".."));
    }

    [Fact]
    public async Task A_securable_shows_since_when_it_has_drift_until_that_is_repaired()
    {
        using var client = Client();
        const string Name = "main.sales.territories";
        var table = Securable.Table("main", "sales", "territories");
        async Task<DateTimeOffset?> SinceAsync() => (await client.SecurableAsync("table", Name)).DriftSinceTime;

        await client.RunAsync(TaskRequest.Sync(table));
        await service.Emulator.SetGrantsAsync("table", Name);
        Assert.Null(await SinceAsync()); // not found yet
        await client.RunAsync(TaskRequest.Verify(table));
        var since = await SinceAsync();
        var found = await client.Drift(new DriftFilter { Securable = Name, Kind = DriftKind.Drift }).ToListAsync();
        await client.RunAsync(TaskRequest.Verify(table));

        Assert.NotNull(since);
        Assert.Equal(found.Min(difference => difference.Since), since);
        Assert.Equal(since, await SinceAsync());
        await client.WaitAsync((await client.RepairAsync(found[0].Id)).TaskId);
        Assert.Null(await SinceAsync());
    }

    [Fact]
    public async Task The_client_lists_and_reads_policies()
    {
        using var client = Client();

        var page = await client.PoliciesAsync(new PolicyFilter { Resource = "main.sales.customers", Principal = "finance-team", Kind = PolicyKind.Access });
        var all = new List<PolicyItem>();
        await foreach (var policy in client.Policies(new PolicyFilter { PageSize = 1 }))
        {
            all.Add(policy);
        }

        var listed = Assert.Single(page.Policies);
        Assert.Equal(("read", 1), (listed.Name, listed.Items.Allow));
        Assert.Contains(listed.Id, all.Select(policy => policy.Id));
        Assert.True(page.Set.AgeSeconds is >= 0 and < 3_600, page.Set.ToString());
        Assert.Equal("read", (await client.PolicyAsync(listed.Id!.Value)).Policy.GetProperty("name").GetString());
        Assert.Equal("NOT_FOUND", (await Assert.ThrowsAsync<PolicySyncException>(() => client.PolicyAsync(listed.Id.Value, PolicyKind.Tag))).Code);
    }

    [Fact]
    public async Task The_client_compares_policies_and_those_of_a_plan()
    {
        using var client = Client();
        var removal = System.Text.Json.JsonElement.Parse("""{"id":1,"delete":true}""");
        var plan = await client.CreatePlanAsync(new PlanRequest { Resources = [Securable.Table("main", "sales", "customers")], Policy = removal });

        var page = Assert.Single(await client.ComparePoliciesAsync(new PolicyDiffRequest { Policy = removal }).ToListAsync());
        var ofPlan = Assert.Single(await client.ComparePlanPoliciesAsync(plan.PlanId).ToListAsync());

        var policy = Assert.Single(page.Policies);
        Assert.Equal((PolicyChange.Removed, 1L, "1 policy"), (policy.Change, policy.Id, $"{page.Counts.Removed} policy"));
        Assert.Contains(policy.Parts, part => part is { Part: PolicyPart.Resources, New: null });
        Assert.Contains(policy.Items, item => item is { Change: PolicyChange.Removed, Kind: PolicyItemKind.Allow, Position: 1 });
        Assert.Equal(page.Policies.Select(one => one.Name), ofPlan.Policies.Select(one => one.Name));
        Assert.True(page.Differs && page.Set.Version > 0);
        var unknown = await Assert.ThrowsAsync<PolicySyncException>(async () => await client.ComparePlanPoliciesAsync("1").ToListAsync());
        Assert.Equal("NOT_FOUND", unknown.Code);
    }

    [Fact]
    public async Task A_dry_run_has_planned_calls_with_their_bodies()
    {
        using var client = Client();

        var task = await client.RunAsync(TaskRequest.DryRun(Securable.Table("main", "sales", "orders_archive")));
        var result = Assert.Single(await client.Resources(task.TaskId).ToListAsync());

        Assert.True(task.DryRun);
        Assert.All(result.PlannedCalls, call => Assert.Equal(System.Text.Json.JsonValueKind.Object, call.Body.ValueKind));
    }

    [Fact]
    public async Task A_stream_follows_a_running_task_to_its_end_and_continues_after_a_result()
    {
        using var client = Client();
        var task = await client.SubmitAsync(TaskRequest.DryRun(Securable.Schema("main", "finance")));

        var updates = await client.StreamAsync(task.TaskId).ToListAsync();
        var results = updates.OfType<TaskResultUpdate>().ToList();
        var rest = await client.StreamAsync(task.TaskId, after: results[^3].Number).ToListAsync();

        var ended = Assert.IsType<TaskStatusUpdate>(updates[^1]).Task;
        Assert.Equal(ended.Progress.Done, results.Count);
        Assert.Equal(results.Select(result => result.Number), results.Select(result => result.Number).Order().Distinct());
        Assert.Equal(results.TakeLast(2).Select(result => result.Resource.FullName), rest.OfType<TaskResultUpdate>().Select(result => result.Resource.FullName));
    }

    [Fact]
    public async Task A_token_without_rights_is_refused_with_the_scope_in_the_message()
    {
        using var client = Client("other");

        var failure = await Assert.ThrowsAsync<PolicySyncException>(() => client.GetAsync("1"));

        Assert.Equal("INSUFFICIENT_SCOPE", failure.Code);
    }

    private static string Wire(SyncTaskStatus status) => status.ToString().ToUpperInvariant();

    private PolicySyncClient Client(string scope = "policysync.tasks") =>
        new(new PolicySyncClientOptions { Address = service.Url, Token = _ => ValueTask.FromResult(service.Token(scope)) });
}
