namespace PolicySync.AzureTables.States;

/// <summary>Where Orleans' provider stores the states of securables (docs/storage.md).</summary>
internal static class ResourceRows
{
    /// <summary>The type of the grain of securables, and the name of its state, which is the key of the row.</summary>
    public const string Resource = "resource";

    /// <summary>The provider's column, whose bytes are the state.</summary>
    public const string Data = "Data";

    /// <summary>
    /// What the partitions of a service begin with; the key of the grain follows. The provider replaces characters that keys may not have;
    /// of ours that is the slash between type and key only.
    /// </summary>
    public static string PartitionsOf(string serviceId) =>
        $"{serviceId.Replace('/', '_').Replace('\\', '_').Replace('#', '_').Replace('?', '_')}_{Resource}_";
}
