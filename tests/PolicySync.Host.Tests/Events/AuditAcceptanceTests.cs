using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PolicySync.Core.Errors;
using PolicySync.Core.Events;
using PolicySync.Core.Options;
using PolicySync.Core.Principals;
using PolicySync.Core.Tasks;
using PolicySync.Grains.SyncTasks;
using PolicySync.Host.Events;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Events;

/// <summary>What becomes of audit records in an event hub.</summary>
public sealed class AuditAcceptanceTests : IAsyncLifetime
{
    private readonly Directory _directory = new();
    private readonly LogLines _log = new();
    private readonly SyncOptions _sync = new();
    private TestHost _host = null!;
    private long _sequence;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Objects_that_were_made_or_changed_are_synced_by_a_task_that_says_where_it_came_from()
    {
        var outcome = await TakeAsync(Record("createTable", "main.s.t"), Record("updateTables", "main.s.t"), Record("createTable", "main.s.u"), Record("deleteTable", "main.s.x"));

        Assert.Equal((1, 0, 1, 0), (outcome.Accepted, outcome.Duplicates, outcome.Ignored, outcome.Faults.Count));
        var task = Assert.Single(await TasksAsync());
        Assert.Equal(("databricks-audit", TaskOrigins.Watch, 1L), (task.Request.Event!.Source, task.Request.Origin, task.Request.Event.Position!.SequenceNumber));
        Assert.Equal(["table main.s.t", "table main.s.u"], task.Request.Resources.Select(resource => resource.Securable!.ToString()));
    }

    [Fact]
    public async Task A_new_container_is_synced_with_all_below_and_a_second_delivery_makes_no_second_task()
    {
        string[] records = [Record("createSchema", "main.s"), Record("createTable", "main.s.t")];
        await TakeAsync(records);
        _sequence--;
        var again = await TakeAsync(records);

        Assert.Equal((0, 1), (again.Accepted, again.Duplicates));
        Assert.Equal(["schema main.s"], Assert.Single(await TasksAsync()).Request.Resources.Select(resource => resource.Securable!.ToString()));
    }

    [Fact]
    public async Task Events_of_the_service_itself_and_about_what_is_not_managed_are_ignored()
    {
        _sync.Managed.Securables.Exclude.Add("off");
        _directory.Self = "Svc@Corp.com";

        var outcome = await TakeAsync(
            Record("createTable", "main.s.t", "svc@corp.com"), Record("createTable", "off.s.t"), Record("createCatalog", "system"),
            Record("createTable", "main.information_schema.t"), Record("createFunction", "main.policysync_guards.f"));

        Assert.Equal((0, 5), (outcome.Accepted, outcome.Ignored));
        Assert.Empty(await TasksAsync());
    }

    [Fact]
    public async Task A_directory_that_does_not_answer_holds_no_event_up()
    {
        _directory.Fault = new SyncException(SyncErrorCode.Unavailable, "away");

        Assert.Equal(1, (await TakeAsync(Record("createTable", "main.s.t"))).Accepted);
    }

    [Fact]
    public async Task Whatever_else_is_in_the_hub_is_counted_and_never_a_dead_letter_and_unknown_shapes_are_logged_once_per_action()
    {
        var intake = Intake();
        foreach (var body in new[] { "", "{", """{"type":"RESOURCE_SYNC"}""", Body("""{"category":"unityCatalog","actionName":"createTable"}"""), Body("""{"category":"unityCatalog","actionName":"createTable"}"""),
            Body("""{"category":"unityCatalog","actionName":"createVolume"}""") })
        {
            var outcome = await intake.TakeAsync(Event(body), default);
            Assert.Equal((0, 1, 0), (outcome.Accepted, outcome.Ignored, outcome.Faults.Count));
        }

        Assert.Equal([1411, 1411], _log.Events);
    }

    private static string Record(string action, string fullName, string by = "ann@corp.com") =>
        $$$"""{"category":"unityCatalog","actionName":"{{{action}}}","requestParams":{"full_name_arg":"{{{fullName}}}"},"response":{"statusCode":200},"identity":{"email":"{{{by}}}"}}""";

    private static string Body(params string[] records) => $$"""{"records":[{{string.Join(',', records)}}]}""";

    private HubEvent Event(string body) =>
        new(new EventPosition("audit", "0", ++_sequence, new DateTimeOffset(2026, 12, 1, 8, 0, 0, TimeSpan.Zero)), Encoding.UTF8.GetBytes(body));

    private AuditAcceptance Intake() => new(_host.Services.GetRequiredService<KeyedTasks>(), _directory, Options.Create(_sync), _log);

    private Task<EventOutcome> TakeAsync(params string[] records) => Intake().TakeAsync(Event(Body(records)), default);

    private async Task<IReadOnlyList<SyncTask>> TasksAsync()
    {
        var open = await _host.Store.ListOpenAsync(null, 100, default);
        return [.. (await Task.WhenAll(open.Tasks.Select(task => _host.Store.FindAsync(task.Id, default)))).OfType<SyncTask>()];
    }

    private sealed class Directory : IPrincipalDirectory
    {
        public string? Self { get; set; }

        public SyncException? Fault { get; set; }

        public Task<PrincipalSnapshot> GetAsync(CancellationToken cancellation) => Fault is { } fault
            ? Task.FromException<PrincipalSnapshot>(fault)
            : Task.FromResult(new PrincipalSnapshot([], [], [], Self is null ? null : new DirectorySelf("1", Self, [])));
    }

    private sealed class LogLines : ILogger<AuditAcceptance>
    {
        public List<int> Events { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Events.Add(eventId.Id);
    }
}
