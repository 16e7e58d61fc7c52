namespace PolicySync.Host.Configuration;

/// <summary>Where tasks and grain state are stored. Section <c>PolicySync:Storage</c>, which also names the account.</summary>
internal sealed class StorageOptions
{
    public const string Section = "PolicySync:Storage";

    /// <summary>The kind of storage. Default: <c>AzureTable</c>. <c>Memory</c> loses everything when the process ends.</summary>
    public StorageProvider Provider { get; set; } = StorageProvider.AzureTable;
}

/// <summary>Kinds of storage.</summary>
internal enum StorageProvider
{
    /// <summary>Azure Table Storage, or Azurite.</summary>
    AzureTable,

    /// <summary>The memory of the process; for role <c>All</c> only.</summary>
    Memory,
}
