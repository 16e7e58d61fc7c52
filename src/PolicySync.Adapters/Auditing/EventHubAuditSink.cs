using System.Collections.Concurrent;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Producer;
using PolicySync.Adapters.Events;
using PolicySync.Core.Options;

namespace PolicySync.Adapters.Auditing;

/// <summary>
/// An Azure event hub. Each line is an event in CloudEvents' structured mode, with its securable as the partition key: events of one securable
/// are sent one after the other and stay in order, those of others beside them. After a failure the connection is opened again, with a
/// connection string that is read again.
/// </summary>
/// <param name="name">The name of the sink.</param>
/// <param name="options">Where the hub is.</param>
internal sealed class EventHubAuditSink(string name, AuditSink options) : IAuditSink
{
    private const int MostKeysAtOnce = 16;
    private const string ContentType = "application/cloudevents+json; charset=UTF-8";

    private readonly HubAddress _hub = HubAddress.Of(options);
    private EventHubConnection? _connection;
    private EventHubProducerClient? _client;

    public string Name => name;

    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> SendAsync(IReadOnlyList<ReadOnlyMemory<byte>> lines, CancellationToken cancellation)
    {
        var tooLarge = new ConcurrentBag<ReadOnlyMemory<byte>>();
        try
        {
            var client = _client ??= Open();
            await Parallel.ForEachAsync(
                lines.Select(line => (Line: line, Read: AuditLine.Of(line))).GroupBy(one => one.Read.Key, StringComparer.Ordinal),
                new ParallelOptions { MaxDegreeOfParallelism = MostKeysAtOnce, CancellationToken = cancellation },
                async (group, stop) => await SendAsync(client, group.Key, [.. group], tooLarge, stop));
            return [.. tooLarge];
        }
        catch (Exception)
        {
            Close();
            throw;
        }
    }

    public void Dispose() => Close();

    private static async Task SendAsync(
        EventHubProducerClient client, string key, IReadOnlyList<(ReadOnlyMemory<byte> Line, AuditLine Read)> events,
        ConcurrentBag<ReadOnlyMemory<byte>> tooLarge, CancellationToken stop)
    {
        var options = new CreateBatchOptions { PartitionKey = key };
        var batch = await client.CreateBatchAsync(options, stop);
        try
        {
            foreach (var (line, read) in events)
            {
                var one = new EventData(line) { ContentType = ContentType, MessageId = read.Id };
                if (batch.TryAdd(one))
                {
                    continue;
                }

                if (batch.Count > 0)
                {
                    await client.SendAsync(batch, stop);
                    batch.Dispose();
                    batch = await client.CreateBatchAsync(options, stop);
                    if (batch.TryAdd(one))
                    {
                        continue;
                    }
                }

                tooLarge.Add(line);
            }

            if (batch.Count > 0)
            {
                await client.SendAsync(batch, stop);
            }
        }
        finally
        {
            batch.Dispose();
        }
    }

    // The spool repeats what fails for as long as it takes.
    private EventHubProducerClient Open() => new(_connection = _hub.Connect(), new EventHubProducerClientOptions
    {
        RetryOptions = { MaximumRetries = 2, Delay = TimeSpan.FromMilliseconds(200), MaximumDelay = TimeSpan.FromSeconds(1), TryTimeout = TimeSpan.FromSeconds(10) },
    });

    // Not waited for: what matters was sent or failed.
    private void Close()
    {
        _ = _client?.CloseAsync(CancellationToken.None);
        _ = _connection?.CloseAsync(CancellationToken.None);
        (_client, _connection) = (null, null);
    }
}
