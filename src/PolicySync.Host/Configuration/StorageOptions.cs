namespace PolicySync.Host.Configuration;

/// <summary>Where tasks and grain state live. Section <c>PolicySync:Storage</c>; the account is in the same section.</summary>
internal sealed class StorageOptions
{
    public const string Section = "PolicySync:Storage";

    /// <summary>The kind of storage. Default: <c>AzureTable</c>. With <c>Memory</c> nothing survives the process.</summary>
    public StorageProvider Provider { get; set; } = StorageProvider.AzureTable;
}

/// <summary>Kinds of storage.</summary>
internal enum StorageProvider
{
    /// <summary>Azure Table Storage, or Azurite.</summary>
    AzureTable,

    /// <summary>The process's own memory; role <c>All</c> only.</summary>
    Memory,
}
