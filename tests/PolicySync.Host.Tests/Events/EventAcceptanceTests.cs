using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using PolicySync.Core.Errors;
using PolicySync.Core.Events;
using PolicySync.Core.Options;
using PolicySync.Core.Tasks;
using PolicySync.Grains.SyncTasks;
using PolicySync.Host.Configuration;
using PolicySync.Host.Events;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Events;

/// <summary>What becomes of the body of an event.</summary>
public sealed class EventAcceptanceTests : IAsyncLifetime
{
    private const string Resources = """[{"type":"table","values":{"catalog":"main","schema":"sales","table":"customers"}}]""";
    private const string Sync = """{"type":"RESOURCE_SYNC","requestInfo":{"resources":""" + Resources + "}}";

    private readonly EventsOptions _options = new();
    private TestHost _host = null!;
    private long _sequence;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_request_makes_a_task_that_says_where_it_came_from()
    {
        var outcome = await TakeAsync(Sync);

        Assert.Equal((1, 0, 0), (outcome.Accepted, outcome.Duplicates, outcome.Ignored));
        var task = Assert.Single(await TasksAsync());
        Assert.Equal(new EventPosition("sync", "3", 1, Enqueued), task.Request.Event!.Position);
        Assert.Equal(("eventhub", TaskOrigins.Events, null), (task.Request.Event.Source, task.Request.Origin, task.Request.Subject));
    }

    [Fact]
    public async Task The_position_is_told_by_the_API()
    {
        await TakeAsync(Sync);

        var shown = await _host.Client.GetStringAsync($"{Send.Tasks}/{Assert.Single(await TasksAsync()).Id}");

        Assert.Contains("\"event\":{\"source\":\"eventhub\",\"position\":{\"hub\":\"sync\",\"partition\":\"3\",\"sequenceNumber\":\"1\",\"enqueuedTime\":\"2026-12-01T08:00:00Z\"}}", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_id_of_the_same_source_makes_one_task_in_whichever_partition_it_comes()
    {
        var named = Sync.Replace("{\"type\":\"RESOURCE", "{\"id\":\"e-1\",\"source\":\"portal\",\"type\":\"RESOURCE", StringComparison.Ordinal);
        await TakeAsync(named);

        Assert.Equal(1, (await TakeAsync(named, partition: "0")).Duplicates);
        Assert.Equal(1, (await TakeAsync(named.Replace("customers", "orders", StringComparison.Ordinal))).Duplicates);
        Assert.Equal(1, (await TakeAsync(named.Replace("portal", "other", StringComparison.Ordinal))).Accepted);
        Assert.Equal(2, (await TasksAsync()).Count);
    }

    [Fact]
    public async Task An_event_without_an_id_that_is_delivered_again_makes_no_second_task_and_another_one_does()
    {
        await TakeAsync(Sync, sequence: 7);

        Assert.Equal(1, (await TakeAsync(Sync, sequence: 7)).Duplicates);
        Assert.Equal(1, (await TakeAsync(Sync, sequence: 8)).Accepted);
        Assert.Equal(1, (await TakeAsync(Sync, partition: "1", sequence: 7)).Accepted);
    }

    [Fact]
    public async Task A_cloud_event_lends_its_id_source_and_time_to_the_body_that_lacks_them()
    {
        await TakeAsync($$"""{"specversion":"1.0","type":"any","id":"c-1","source":"/apps/portal","time":"2026-12-01T07:00:00Z","data":{{Sync}}}""");

        var sent = Assert.Single(await TasksAsync()).Request.Event!;
        Assert.Equal(("c-1", "/apps/portal", "\"2026-12-01T07:00:00Z\""), (sent.Id, sent.Source, sent.CreateTimeJson));
    }

    [Fact]
    public async Task An_array_is_judged_one_by_one_and_what_is_wrong_is_named_by_its_place()
    {
        var outcome = await TakeAsync($$"""[{{Sync}},{"type":"RESOURCE_SYNC"},{"appSubType":"snowflake"},{{Sync}}]""");

        Assert.Equal((2, 0, 1), (outcome.Accepted, outcome.Duplicates, outcome.Ignored));
        Assert.Equal(new EventFault("/1/requestInfo", "is missing"), Assert.Single(outcome.Faults));
    }

    [Theory]
    [InlineData("snowflake", 1)]
    [InlineData("databricks_unity_catalog", 0)]
    [InlineData("Databricks_Unity_Catalog", 0)]
    public async Task Events_of_other_connectors_are_ignored_even_if_they_are_not_well_formed(string subType, int ignored)
    {
        var outcome = await TakeAsync($$"""{"appSubType":"{{subType}}","type":7}""");

        Assert.Equal(ignored, outcome.Ignored);
        Assert.Equal(1 - ignored, outcome.Faults.Count(fault => fault.Pointer == "/type"));
    }

    /// <summary>Bodies that POST /task answers with 400, and those that only an event can have.</summary>
    [Theory]
    [InlineData("", "", "is empty")]
    [InlineData("{", "", "is not JSON")]
    [InlineData("7", "", "must be an object")]
    [InlineData("[]", "", "must hold 1 to 100 requests")]
    [InlineData("""{"type":"RESOURCE_SYNC","type":"RESOURCE_SYNC"}""", "/type", "is a duplicate property name")]
    [InlineData("""{"type":"RESOURCE_SYNC","requestInfo":{"resources":[]}}""", "/requestInfo/resources", "must hold 1 to 1000 resources")]
    [InlineData("""{"specversion":"1.0","id":"1"}""", "/data", "is missing")]
    [InlineData("""{"specversion":"1.0","data":{"type":"RESOURCE_SYNC"}}""", "/data/requestInfo", "is missing")]
    [InlineData("\uD800", "", "")]
    public async Task What_is_not_well_formed_makes_no_task_and_is_named(string body, string pointer, string detail)
    {
        var outcome = await TakeAsync(body);

        Assert.Equal((0, 0, 0), (outcome.Accepted, outcome.Duplicates, outcome.Ignored));
        Assert.Contains(outcome.Faults, fault => fault.Pointer == pointer && fault.Detail.StartsWith(detail, StringComparison.Ordinal));
        Assert.Empty(await TasksAsync());
    }

    [Fact]
    public async Task A_body_that_is_not_UTF_8_or_too_large_is_named()
    {
        Assert.Equal("is not valid UTF-8", Assert.Single((await TakeAsync((byte[])[0x7B, 0xFF, 0x7D])).Faults).Detail);
        Assert.Equal("must be at most 1,048,576 bytes", Assert.Single((await TakeAsync(new byte[(1 << 20) + 1])).Faults).Detail);
    }

    [Fact]
    public async Task Allowing_revokes_counts_only_where_it_is_set()
    {
        var body = Sync.Replace("\"requestInfo\":{", "\"requestInfo\":{\"allowRevoke\":true,", StringComparison.Ordinal);
        await TakeAsync(body);
        _options.AllowRevoke = true;
        await TakeAsync(body);

        var tasks = (await TasksAsync()).OrderBy(task => task.Request.Event!.Position!.SequenceNumber).ToList();
        Assert.Equal([false, true], tasks.Select(task => task.Request.AllowRevoke));
        Assert.Equal(["/requestInfo/allowRevoke"], tasks[0].Request.IgnoredMembers);
        Assert.Empty(tasks[1].Request.IgnoredMembers);
    }

    [Fact]
    public async Task Storage_that_does_not_answer_is_told_so_that_the_event_is_given_again()
    {
        _host.Store.Before = () => throw new SyncException(SyncErrorCode.Unavailable, "away");
        await Assert.ThrowsAsync<SyncException>(() => TakeAsync(Sync, sequence: 5));
        _host.Store.Before = () => Task.CompletedTask;

        Assert.Equal(1, (await TakeAsync(Sync, sequence: 5)).Accepted);
        Assert.Equal(1, (await TakeAsync(Sync, sequence: 5)).Duplicates);
    }

    private static DateTimeOffset Enqueued => new(2026, 12, 1, 8, 0, 0, TimeSpan.Zero);

    private Task<EventOutcome> TakeAsync(string body, string partition = "3", long? sequence = null) => TakeAsync(Encoding.UTF8.GetBytes(body), partition, sequence);

    private Task<EventOutcome> TakeAsync(byte[] body, string partition = "3", long? sequence = null) => new EventAcceptance(
        _host.Services.GetRequiredService<KeyedTasks>(), Options.Create(_options), Options.Create(new ApiOptions()), NullLogger<EventAcceptance>.Instance)
        .TakeAsync(new HubEvent(new EventPosition("sync", partition, sequence ?? ++_sequence, Enqueued), body), default);

    private async Task<IReadOnlyList<SyncTask>> TasksAsync()
    {
        var open = await _host.Store.ListOpenAsync(null, 100, default);
        return [.. (await Task.WhenAll(open.Tasks.Select(task => _host.Store.FindAsync(task.Id, default)))).OfType<SyncTask>()];
    }
}
