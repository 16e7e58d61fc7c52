using System.ComponentModel.DataAnnotations;

namespace PolicySync.AzureTables;

/// <summary>The storage account and how it is called. Section <c>PolicySync:Storage</c>.</summary>
public sealed class AzureTablesOptions
{
    /// <summary>Where this class is bound from.</summary>
    public const string Section = "PolicySync:Storage";

    /// <summary>Connection string with a key or a shared access signature. Either this or <see cref="ServiceUri"/>.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>
    /// The account's table endpoint, such as <c>https://ACCOUNT.table.core.windows.net</c>; Azure.Identity's default
    /// chain (workload identity, managed identity, developer sign-in) then gives the credential.
    /// </summary>
    public Uri? ServiceUri { get; set; }

    /// <summary>
    /// Calls that this process may have in flight. Default: 16, where both Azure's table service and Azurite give the
    /// most; more only adds seconds to the slowest calls.
    /// </summary>
    [Range(1, 256)]
    public int MaxConcurrentCalls { get; set; } = 16;

    /// <summary>
    /// Longest time from asking to answer, waiting for a free place and retries included. Default: 8 seconds, so that a
    /// caller of the API hears of a silent storage within 10.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>Longest time one attempt may take before it is tried again. Default: 3 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1000000", "00:01:00")]
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Attempts after the first one that failed for a passing reason. Default: 3; 0 turns retries off.</summary>
    [Range(0, 10)]
    public int MaxRetries { get; set; } = 3;

    /// <summary>
    /// Letters and digits put before the names of the task store's tables. Default: <c>PolicySync</c>. Two services with
    /// one account need two prefixes. Orleans' tables keep their names: rows of different services differ by <c>ServiceId</c> and <c>ClusterId</c>.
    /// </summary>
    [RegularExpression("^[A-Za-z][A-Za-z0-9]{0,39}$")]
    public string TablePrefix { get; set; } = "PolicySync";
}
