namespace PolicySync.Host.Configuration;

/// <summary>Where tasks and grain state live. Section <c>PolicySync:Storage</c>.</summary>
internal sealed class StorageOptions
{
    public const string Section = "PolicySync:Storage";

    /// <summary>The kind of storage. Default: <c>AzureTable</c>. With <c>Memory</c> nothing survives the process.</summary>
    public StorageProvider Provider { get; set; } = StorageProvider.AzureTable;

    /// <summary>Azure Table Storage by connection string. Either this or <see cref="ServiceUri"/>. Never logged.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>
    /// Azure Table Storage by address, such as <c>https://account.table.core.windows.net</c>; Azure.Identity gives the
    /// credential (managed or workload identity, environment, developer sign-in).
    /// </summary>
    public Uri? ServiceUri { get; set; }
}

/// <summary>Kinds of storage.</summary>
internal enum StorageProvider
{
    /// <summary>Azure Table Storage, or Azurite.</summary>
    AzureTable,

    /// <summary>The process's own memory; role <c>All</c> only.</summary>
    Memory,
}
