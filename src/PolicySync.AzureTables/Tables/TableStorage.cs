using System.Collections.Concurrent;
using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using Microsoft.Extensions.Options;

namespace PolicySync.AzureTables.Tables;

/// <summary>
/// The storage account of the process: the tables of the task store behind one gate, and clients for Orleans' own providers.
/// </summary>
internal sealed class TableStorage : IDisposable
{
    private readonly TokenCredential? _credential;
    private readonly TableServiceClient _service;
    private readonly StorageGate _gate;
    private readonly ConcurrentBag<ProviderCalls> _providers = [];

    public TableStorage(IOptions<AzureTablesOptions> options, TimeProvider time)
    {
        Options = options.Value;
        _credential = Options.ServiceUri is null ? null : new DefaultAzureCredential();
        _gate = new StorageGate(Options.MaxConcurrentCalls, Options.CallTimeout, time);
        _service = Connect(ClientOptions(Options.AttemptTimeout));
    }

    public AzureTablesOptions Options { get; }

    public Table Table(string name) => new(_service.GetTableClient(name), _gate);

    /// <summary>
    /// A client for an Orleans provider that keeps one table. It has slots of its own, so heartbeats never wait behind tasks.
    /// Its attempts share <see cref="AzureTablesOptions.CallTimeout"/>: with the client library's defaults, a call to a storage
    /// that does not answer takes minutes.
    /// </summary>
    public TableServiceClient ForOrleans(string table)
    {
        var attempt = Options.CallTimeout / (Options.MaxRetries + 1);
        var options = ClientOptions(attempt < Options.AttemptTimeout ? attempt : Options.AttemptTimeout);
        var calls = new ProviderCalls(table, Options.MaxConcurrentCalls, Options.CallTimeout);
        _providers.Add(calls);
        options.AddPolicy(calls, HttpPipelinePosition.PerCall);
        return Connect(options);
    }

    public void Dispose()
    {
        _gate.Dispose();
        foreach (var calls in _providers)
        {
            calls.Dispose();
        }
    }

    private TableServiceClient Connect(TableClientOptions options) => Options.ServiceUri is { } uri
        ? new TableServiceClient(uri, _credential, options)
        : new TableServiceClient(Options.ConnectionString, options);

    // Short waits between attempts: the callers have retries of their own.
    private TableClientOptions ClientOptions(TimeSpan attemptTimeout) => new()
    {
        Retry =
        {
            Mode = RetryMode.Exponential,
            Delay = TimeSpan.FromMilliseconds(100),
            MaxDelay = TimeSpan.FromSeconds(1),
            MaxRetries = Options.MaxRetries,
            NetworkTimeout = attemptTimeout,
        },
        Diagnostics = { IsLoggingContentEnabled = false },
    };
}
