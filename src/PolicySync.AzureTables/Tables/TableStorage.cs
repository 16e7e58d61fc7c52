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
    /// A client for an Orleans provider that keeps one table. It does not pass the gate, so heartbeats never wait behind
    /// tasks. Without the gate's deadline its attempts share <see cref="AzureTablesOptions.CallTimeout"/> among them:
    /// with the defaults of the client, a call to a storage that is silent would take minutes.
    /// </summary>
    public TableServiceClient ForOrleans(string table)
    {
        var attempt = Options.CallTimeout / (Options.MaxRetries + 1);
        var options = ClientOptions(attempt < Options.AttemptTimeout ? attempt : Options.AttemptTimeout);
        options.AddPolicy(new CallCounter(table), HttpPipelinePosition.PerCall);
        return Connect(options);
    }

    public void Dispose() => _gate.Dispose();

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
