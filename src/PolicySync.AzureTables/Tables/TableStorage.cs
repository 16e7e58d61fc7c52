using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using Microsoft.Extensions.Options;

namespace PolicySync.AzureTables.Tables;

/// <summary>The storage account: one client and one gate for all tables of the process.</summary>
internal sealed class TableStorage : IDisposable
{
    private readonly TableServiceClient _service;
    private readonly StorageGate _gate;

    public TableStorage(IOptions<AzureTablesOptions> options, TimeProvider time)
    {
        Options = options.Value;
        _gate = new StorageGate(Options.MaxConcurrentCalls, Options.CallTimeout, time);
        _service = Options.ServiceUri is { } uri
            ? new TableServiceClient(uri, new DefaultAzureCredential(), ClientOptions())
            : new TableServiceClient(Options.ConnectionString, ClientOptions());
    }

    public AzureTablesOptions Options { get; }

    public Table Table(string name) => new(_service.GetTableClient(name), _gate);

    public void Dispose() => _gate.Dispose();

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
