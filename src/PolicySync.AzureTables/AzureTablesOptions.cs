using System.ComponentModel.DataAnnotations;
using PolicySync.Core.Options;

namespace PolicySync.AzureTables;

/// <summary>The storage account and the limits of its calls. Section <c>PolicySync:Storage</c>.</summary>
public sealed class AzureTablesOptions
{
    /// <summary>The configuration section of this class.</summary>
    public const string Section = "PolicySync:Storage";

    /// <summary>Connection string with a key or a shared access signature. Either this or <see cref="ServiceUri"/>.</summary>
    [Secret]
    public string? ConnectionString { get; set; }

    /// <summary>
    /// The account's table endpoint, such as <c>https://ACCOUNT.table.core.windows.net</c>; Azure.Identity's default
    /// chain (workload identity, managed identity, developer sign-in) then gives the credential.
    /// </summary>
    public Uri? ServiceUri { get; set; }

    /// <summary>
    /// Calls that the task store, grain state and membership may each have in flight. Default: 16, at which both Azure's table service and
    /// Azurite reach their highest throughput; more only delays the slowest calls by seconds.
    /// </summary>
    [Range(1, 256)]
    public int MaxConcurrentCalls { get; set; } = 16;

    /// <summary>
    /// Longest duration of a call, including retries and the wait for a free slot. Default: 8 seconds, so that a caller of
    /// the API gets an error within 10 when the storage does not answer.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>Longest duration of one attempt; then the call is retried. Default: 3 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1000000", "00:01:00")]
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Retries after a transient failure. Default: 3; 0 disables retries.</summary>
    [Range(0, 10)]
    public int MaxRetries { get; set; } = 3;

    /// <summary>
    /// Prefix of the names of the task store's tables: letters and digits. Default: <c>PolicySync</c>. Two services on one
    /// account need different prefixes. Orleans' tables keep their names: rows of different services differ by <c>ServiceId</c> and <c>ClusterId</c>.
    /// </summary>
    [RegularExpression("^[A-Za-z][A-Za-z0-9]{0,39}$")]
    public string TablePrefix { get; set; } = "PolicySync";
}
