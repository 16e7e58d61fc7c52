using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Producer;
using Azure.Storage.Blobs;
using EventHubs.Emulator;

namespace PolicySync.EndToEnd.Tests.Events;

/// <summary>A hub of the test's own, and processes that read it.</summary>
#pragma warning disable CA1001 // DisposeAsync of IAsyncLifetime disposes them
public abstract class EventTest(AzuriteFixture azurite) : StackTest(azurite), IAsyncLifetime
#pragma warning restore CA1001
{
    private protected const string HubName = "sync";
    private protected const int Partitions = 4;

    private readonly int _port = FreePort.Next();
    private readonly string _containers = Guid.NewGuid().ToString("N")[..12];
    private EventHubProducerClient _producer = null!;

    private protected EventHubsEmulator Hub { get; private set; } = null!;

    async Task IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        OpenHub();
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        await _producer.DisposeAsync();
        Hub.Dispose();
    }

    /// <summary>Settings of processes that read the hub. Partitions change hands within seconds, as the tests wait for that.</summary>
    private protected (string Key, string Value)[] Settings =>
    [
        ("Events:EventHub:Enabled", "true"), ("Events:EventHub:ConnectionString", EventHubsEmulator.ConnectionString(_port, HubName)),
        ("Events:EventHub:BalanceEvery", "00:00:01"), ("Events:EventHub:OwnershipExpires", "00:00:06"),
        ("Events:Checkpoints:Container", $"events-{_containers}"), ("Events:DeadLetter:Container", $"letters-{_containers}"),
        ("Metrics:Anonymous", "true"),
    ];

    /// <summary>A request for one table of the sample metastore, as the body of an event.</summary>
    private protected static JsonObject Request(string? id = null, string table = "customers")
    {
        var body = new JsonObject
        {
            ["type"] = "RESOURCE_SYNC",
            ["requestInfo"] = new JsonObject { ["resources"] = new JsonArray(Resource(table)) },
        };
        if (id is not null)
        {
            body["id"] = id;
        }

        return body;
    }

    private protected Task SendAsync(params string[] bodies) => SendToAsync(null, bodies);

    private protected async Task SendToAsync(string? partition, params string[] bodies)
    {
        foreach (var chunk in bodies.Chunk(200))
        {
            await _producer.SendAsync(chunk.Select(body => new EventData(body)), new SendEventOptions { PartitionId = partition });
        }
    }

    /// <summary>Opens the hub, empty, on the same port as before.</summary>
    private protected void OpenHub()
    {
        Hub = EventHubsEmulator.Start(new EmulatorOptions(_port, [(HubName, Partitions)], new HashSet<string> { EmulatorOptions.DefaultGroup }), TimeProvider.System);
        _producer = new EventHubProducerClient(Hub.ConnectionString(HubName));
    }

    private protected void CloseHub() => Hub.Dispose();

    /// <summary>The dead letters, by their names.</summary>
    private protected async Task<IReadOnlyDictionary<string, JsonElement>> LettersAsync()
    {
        var container = new BlobContainerClient(Azurite.ConnectionString, $"letters-{_containers}");
        var letters = new Dictionary<string, JsonElement>();
        await foreach (var blob in container.GetBlobsAsync())
        {
            letters[blob.Name] = (await container.GetBlobClient(blob.Name).DownloadContentAsync()).Value.Content.ToObjectFromJson<JsonElement>();
        }

        return letters;
    }

    private static JsonObject Resource(string table) => new()
    {
        ["type"] = "table",
        ["values"] = new JsonObject { ["catalog"] = "main", ["schema"] = "sales", ["table"] = table },
    };
}
