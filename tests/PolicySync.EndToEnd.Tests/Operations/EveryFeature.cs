using EventHubs.Emulator;
using PolicySync.EndToEnd.Tests.Stack;

namespace PolicySync.EndToEnd.Tests.Operations;

/// <summary>What a service needs to have every feature on whose metrics exist only then: a webhook, an event hub, an audit sink and both watches.</summary>
/// <param name="hub">Name of the event hub. Services on one storage account that read different hubs of one name would take each other's positions.</param>
internal sealed class EveryFeature(string hub = "sync") : IAsyncDisposable
{
    private readonly WebhookReceiver _receiver = new();
    private readonly EventHubsEmulator _hub = EventHubsEmulator.Start(
        new EmulatorOptions(FreePort.Next(), [(hub, 1)], new HashSet<string> { EmulatorOptions.DefaultGroup }), TimeProvider.System);

    private readonly string _audit = Directory.CreateTempSubdirectory("audit-").FullName;

    /// <summary>The settings.</summary>
    public (string Key, string Value)[] Settings =>
    [
        ("Policies:Watch:Mode", "Verify"), ("Policies:Watch:First", "All"),
        ("Audit:Sinks:0:Kind", "File"), ("Audit:Sinks:0:Path", Path.Combine(_audit, "audit.log")), ("Audit:Spool", _audit),
        ("Events:EventHub:Enabled", "true"), ("Events:EventHub:ConnectionString", _hub.ConnectionString(hub)), ("Events:EventHub:BalanceEvery", "00:00:01"),
        ("Watch:Every", "00:00:10"),
        ("Webhooks:Endpoints:0:Name", "ops"), ("Webhooks:Endpoints:0:Url", _receiver.Url.ToString()),
        ("Webhooks:Endpoints:0:Secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), ("Webhooks:AllowedHosts:0", "127.0.0.1"),
    ];

    /// <summary>Has the watch finish a round and then find a new table, so that what it measures exists.</summary>
    public static async Task LetTheWatchFindATableAsync(Host host, Emulator emulator, string table, TimeSpan limit)
    {
        await Wait.ForAsync(host.MetricsAsync, text => text.Contains("policysync_watch_round_seconds_count", StringComparison.Ordinal), limit, _ => host.LogEnd);
        await emulator.MakeAsync("table", table, new { owner = "platform-admins", columns = new[] { new { name = "id", type = "bigint" } } });
    }

    public async ValueTask DisposeAsync()
    {
        _hub.Dispose();
        await _receiver.DisposeAsync();
        Directory.Delete(_audit, recursive: true);
    }
}
