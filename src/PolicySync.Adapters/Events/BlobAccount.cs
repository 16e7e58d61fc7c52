using Azure.Core;
using Azure.Identity;
using Azure.Storage.Blobs;
using PolicySync.Core.Options;

namespace PolicySync.Adapters.Events;

/// <summary>The storage account with the positions and the dead letters.</summary>
/// <param name="connectionString">With a key; null for <paramref name="serviceUri"/>. Never logged.</param>
/// <param name="serviceUri">The blob endpoint, for Azure.Identity's default chain.</param>
internal sealed class BlobAccount(string? connectionString, Uri? serviceUri)
{
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(5);

    private readonly BlobServiceClient _service = connectionString is not null
        ? new BlobServiceClient(connectionString, Options())
        : new BlobServiceClient(serviceUri, new DefaultAzureCredential(), Options());

    /// <summary>The account of the options, or else the one that has the tables.</summary>
    /// <param name="options">Where positions are kept.</param>
    /// <param name="tablesConnectionString">Connection string of the account with the tables; null when it has none.</param>
    /// <param name="tables">Endpoint of the tables, for example <c>https://ACCOUNT.table.core.windows.net</c>.</param>
    public static BlobAccount Of(CheckpointOptions options, string? tablesConnectionString, Uri? tables) =>
        options.ConnectionString is not null || options.ServiceUri is not null ? new BlobAccount(options.ConnectionString, options.ServiceUri)
        : new BlobAccount(tablesConnectionString, tables is null ? null : BlobsBeside(tables));

    public BlobContainerClient Container(string name) => _service.GetBlobContainerClient(name);

    /// <summary>The blob endpoint of the account whose table endpoint is given.</summary>
    internal static Uri BlobsBeside(Uri tables) =>
        new UriBuilder(tables) { Host = tables.Host.Replace(".table.", ".blob.", StringComparison.OrdinalIgnoreCase) }.Uri;

    // Callers repeat what fails for as long as it takes.
    private static BlobClientOptions Options() => new()
    {
        Retry = { MaxRetries = 2, Delay = TimeSpan.FromMilliseconds(200), MaxDelay = TimeSpan.FromSeconds(1), NetworkTimeout = AttemptTimeout },
        Diagnostics = { IsLoggingContentEnabled = false },
    };
}
