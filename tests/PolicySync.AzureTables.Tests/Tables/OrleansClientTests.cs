using System.Diagnostics;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using PolicySync.AzureTables.Tables;
using PolicySync.AzureTables.Tests.Harness;

namespace PolicySync.AzureTables.Tests.Tables;

/// <summary>The client that Orleans' own providers are given.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class OrleansClientTests(AzuriteFixture azurite) : IDisposable
{
    private readonly Account _account = new(azurite);

    public void Dispose() => _account.Dispose();

    [Fact]
    public async Task A_silent_storage_fails_an_Orleans_provider_within_ten_seconds_with_the_default_settings()
    {
        using var stalled = new StalledServer();
        var options = _account.Options();
        options.ConnectionString = stalled.ConnectionString;
        var client = _account.Storage(options).ForOrleans("Silos").GetTableClient("Silos");
        var watch = Stopwatch.StartNew();

        await Assert.ThrowsAsync<AggregateException>(() => client.GetEntityIfExistsAsync<TableEntity>("a", "b"));

        Assert.InRange(watch.Elapsed, options.AttemptTimeout, TimeSpan.FromSeconds(10)); // it did try again
    }

    [Fact]
    public async Task The_calls_of_an_Orleans_provider_are_counted_by_table_and_operation_as_those_of_the_task_store()
    {
        using var log = new OperationLog(_account.Prefix);
        var client = Client();
        var row = new TableEntity("a", "b");
        await client.CreateAsync();
        await client.AddEntityAsync(row);
        await client.GetEntityAsync<TableEntity>("a", "b");
        await client.UpdateEntityAsync(row, ETag.All, TableUpdateMode.Replace);
        await client.UpsertEntityAsync(row, TableUpdateMode.Merge);
        await client.QueryAsync<TableEntity>(filter: "PartitionKey eq 'a'").CountAsync();
        await client.SubmitTransactionAsync([new(TableTransactionActionType.UpsertReplace, row)]);
        await client.DeleteEntityAsync("a", "b");

        Assert.Equal(
            "Silos.create=1, Silos.delete=1, Silos.insert=1, Silos.query=1, Silos.read=1, Silos.transaction=1, Silos.update=2", $"{log}");
    }

    [Fact]
    public async Task A_call_of_an_Orleans_provider_that_is_repeated_counts_once()
    {
        await Client().CreateAsync();
        var lost = 0;
        using var proxy = TcpProxy.ToHttp(azurite.TablePort, line => line.Contains("PartitionKey", StringComparison.Ordinal) && lost++ == 0);
        var options = _account.Options();
        options.ConnectionString = proxy.ConnectionStringLike(_account.ConnectionString);
        using var log = new OperationLog(_account.Prefix);

        await Client(options).GetEntityIfExistsAsync<TableEntity>("a", "b");

        Assert.Equal((2, "Silos.read=1"), (lost, $"{log}"));
    }

    [Fact]
    public async Task An_Orleans_provider_has_no_more_calls_in_flight_than_allowed_and_a_call_without_a_slot_fails_in_time()
    {
        var storage = new HeldTransport();
        var options = new TableClientOptions { Transport = storage, Retry = { MaxRetries = 0 } };
        using var limit = new ProviderCalls("Any", maxConcurrentCalls: 3, callTimeout: TimeSpan.FromSeconds(1));
        options.AddPolicy(limit, HttpPipelinePosition.PerCall);
        var client = new TableServiceClient(_account.ConnectionString, options).GetTableClient("Any");

        var calls = Enumerable.Range(0, 4).Select(_ => client.GetEntityAsync<TableEntity>("a", "b")).ToList();

        await Assert.ThrowsAsync<TimeoutException>(() => calls[3]);
        Assert.Equal(3, storage.Held);
        storage.Release();
        await Task.WhenAll(calls.Take(3).Select(call => Assert.ThrowsAsync<RequestFailedException>(() => call)));
        await Assert.ThrowsAsync<RequestFailedException>(() => client.GetEntityAsync<TableEntity>("a", "b")); // a slot is free again
        Assert.Equal(4, storage.Held);
    }

    private TableClient Client(AzureTablesOptions? options = null) =>
        _account.Storage(options).ForOrleans(_account.Prefix + "Silos").GetTableClient(_account.Prefix + "Silos");

    /// <summary>Holds every request until it is released; then each fails.</summary>
    private sealed class HeldTransport : HttpPipelineTransport
    {
        private readonly TaskCompletionSource _released = new();
        private int _held;

        /// <summary>The requests so far.</summary>
        public int Held => _held;

        public void Release() => _released.SetResult();

        public override Azure.Core.Request CreateRequest() => HttpClientTransport.Shared.CreateRequest();

        public override void Process(HttpMessage message) => throw new NotSupportedException();

        public override async ValueTask ProcessAsync(HttpMessage message)
        {
            Interlocked.Increment(ref _held);
            await _released.Task;
            throw new RequestFailedException(400, "refused by the test");
        }
    }
}
