using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using Microsoft.Extensions.Options;

namespace PolicySync.AzureTables.Tables;

/// <summary>
/// The storage account: one client for all tables of the process, one gate for data and one for the cluster's own tables.
/// </summary>
internal sealed class TableStorage : IDisposable
{
    private const int ClusterCalls = 4;

    private readonly TableServiceClient _service;
    private readonly StorageGate _gate;
    private readonly StorageGate _clusterGate;

    public TableStorage(IOptions<AzureTablesOptions> options, TimeProvider time)
    {
        Options = options.Value;
        _gate = new StorageGate(Options.MaxConcurrentCalls, Options.CallTimeout, time);
        _clusterGate = new StorageGate(ClusterCalls, Options.CallTimeout, time);
        _service = Options.ServiceUri is { } uri
            ? new TableServiceClient(uri, new DefaultAzureCredential(), ClientOptions())
            : new TableServiceClient(Options.ConnectionString, ClientOptions());
    }

    public AzureTablesOptions Options { get; }

    public Table Table(string name) => new(_service.GetTableClient(name), _gate);

    /// <summary>
    /// A table by which silos know of each other. Its calls never wait behind those for tasks and states: a silo that
    /// is only busy must not miss its heartbeats.
    /// </summary>
    public Table ClusterTable(string name) => new(_service.GetTableClient(name), _clusterGate);

    public void Dispose()
    {
        _gate.Dispose();
        _clusterGate.Dispose();
    }

    // Short waits between attempts: the gate's deadline bounds the whole, and callers have retries of their own.
    private TableClientOptions ClientOptions() => new()
    {
        Retry =
        {
            Mode = RetryMode.Exponential,
            Delay = TimeSpan.FromMilliseconds(100),
            MaxDelay = TimeSpan.FromSeconds(1),
            MaxRetries = Options.MaxRetries,
            NetworkTimeout = Options.AttemptTimeout,
        },
        Diagnostics = { IsLoggingContentEnabled = false },
    };
}
