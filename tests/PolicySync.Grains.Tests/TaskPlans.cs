using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests;

public sealed class TaskPlans
{
    [Fact]
    public async Task A_task_of_an_unknown_type_is_skipped_at_once()
    {
        await using var world = await World.StartAsync(Arrange);

        var task = await world.SubmitAsync(World.Request("table main.a.t") with { Type = "RESOURCE_DANCE" });

        Assert.Equal((SyncTaskStatus.Skipped, SyncTaskOutcome.Skipped), (task.Status, task.Outcome));
        Assert.Equal("task type `RESOURCE_DANCE` is not supported", task.Message);
        Assert.Empty(world.Catalog.Calls);
        Assert.Equal(0, world.Policies.Reads);
    }

    [Theory]
    [InlineData("table", "catalog=system schema=a table=t", SyncErrorCode.NotManaged)]
    [InlineData("catalog", "catalog=Samples", SyncErrorCode.NotManaged)]
    [InlineData("schema", "catalog=main schema=information_schema", SyncErrorCode.NotManaged)]
    [InlineData("schema", "catalog=main schema=policysync_guards", SyncErrorCode.NotManaged)]
    [InlineData("table", "catalog=main schema=hidden table=t", SyncErrorCode.NotManaged)]
    [InlineData("metastore", "catalog=main", SyncErrorCode.Unsupported)]
    [InlineData("share", "share=main", SyncErrorCode.Unsupported)]
    [InlineData("external_location", "external_location=a.b", SyncErrorCode.Unsupported)]
    [InlineData("external_location", "external_location=off_limits", SyncErrorCode.NotManaged)]
    [InlineData("service_credential", "service_credential=gone", SyncErrorCode.SecurableNotFound)]
    [InlineData("Table", "catalog=main schema=a table=t", SyncErrorCode.Unsupported)]
    [InlineData("table", "catalog=main schema=a", SyncErrorCode.Unsupported)]
    [InlineData("schema", "catalog=main schema=a table=t", SyncErrorCode.Unsupported)]
    [InlineData("table", "catalog=main schema=a table=*", SyncErrorCode.Unsupported)]
    [InlineData("table", "catalog=main schema= table=t", SyncErrorCode.Unsupported)]
    [InlineData("table", "catalog=main schema=a table=gone", SyncErrorCode.SecurableNotFound)]
    public async Task What_is_not_to_be_done_is_skipped_and_the_rest_is_done(string type, string values, SyncErrorCode code)
    {
        await using var world = await World.StartAsync(Arrange);
        var odd = new RequestedResource(type, values.Split(' ').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]));

        var alone = await world.RunAsync(World.Request() with { Resources = [odd] });
        var beside = await world.RunAsync(World.Request() with { Resources = [odd, Support.Resources.Requested("table main.a.t"), odd with { }] });

        Assert.Equal(SyncTaskStatus.Skipped, alone.Status);
        Assert.Equal(code, world.ResultOf(alone).Error!.Code);
        Assert.Equal(world.ResultOf(alone).Message, alone.Message);
        Assert.Equal((SyncTaskStatus.Success, "Sync completed successfully"), (beside.Status, beside.Message));
        Assert.Equal(1, beside.Progress.Done - beside.Progress.Skipped);
    }

    [Fact]
    public async Task The_message_of_a_skipped_task_names_the_first_and_counts_the_rest()
    {
        await using var world = await World.StartAsync(Arrange);
        var requests = Enumerable.Range(0, 250).Select(n => new RequestedResource($"odd{n}", new Dictionary<string, string>())).ToList();

        var task = await world.RunAsync(World.Request() with { Resources = requests });

        Assert.Equal("resource type `odd0` is not supported (and 249 more skipped)", task.Message);
        Assert.Equal(new TaskProgress { Discovered = 250, Total = 250, Done = 250, Skipped = 250 }, task.Progress);
        Assert.Equal(250, world.Store.ResultsOf(task.Id).Count);
    }

    [Theory]
    [InlineData("external_location landing", "read_files", "READ_FILES")]
    [InlineData("storage_credential landing_id", "create_external_location", "CREATE_EXTERNAL_LOCATION")]
    [InlineData("service_credential queue", "access", "ACCESS")]
    [InlineData("connection crm", "use_connection", "USE_CONNECTION")]
    [InlineData("metastore 11111111-2222-4333-8444-555555555555", "create_catalog", "CREATE_CATALOG")]
    public async Task What_stands_beside_catalogs_is_synced_by_itself(string resource, string accessType, string privilege)
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add(resource, "table main.a.t");
            world.Policies.Set(1, $"{resource} {accessType} ann@corp.com", "table main.a.t select bob@corp.com");
        });

        var task = await world.RunAsync(resource);

        Assert.Equal($"ann@corp.com:{privilege}", world.Catalog.GrantsOn(resource));
        Assert.Equal((resource.Split(' ')[0], resource.Split(' ')[1]), (world.ResultOf(task).Type, world.ResultOf(task).FullName));
        Assert.Equal(["GET", "READ", "PATCH", "READ"], world.Catalog.Calls.Select(call => call.Operation)); // no parents, no USE
    }

    [Fact]
    public async Task A_policy_on_a_catalog_says_nothing_of_a_location_of_its_name()
    {
        await using var world = await World.StartAsync(world =>
        {
            world.Catalog.Add("external_location main", "catalog main");
            world.Policies.Set(1, "catalog main browse,manage ann@corp.com", "external_location other manage bob@corp.com");
        });

        await world.RunAsync("external_location main", "catalog main");

        Assert.Equal("", world.Catalog.GrantsOn("external_location main"));
        Assert.Equal("ann@corp.com:BROWSE,MANAGE,USE_CATALOG", world.Catalog.GrantsOn("catalog main"));
    }

    [Fact]
    public async Task What_is_named_twice_in_whatever_case_is_done_once()
    {
        await using var world = await World.StartAsync(Arrange);

        var task = await world.RunAsync("table main.a.t", "table MAIN.A.T", "view main.a.t");

        Assert.Equal(1, task.Progress.Done);
        Assert.Equal(("table", "main.a.t"), (world.ResultOf(task).Type, world.ResultOf(task).FullName));
    }

    private static void Arrange(World world)
    {
        world.Catalog.Add("table main.a.t", "table main.hidden.t");
        world.Sync.Managed.Securables.Exclude.Add("main.hidden");
        world.Sync.Managed.Securables.Exclude.Add("off_*");
        world.Policies.Set(1, "table main.a.t select ann@corp.com");
    }
}
