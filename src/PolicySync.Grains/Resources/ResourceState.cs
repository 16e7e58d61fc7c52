using PolicySync.Core.Planning;

namespace PolicySync.Grains.Resources;

/// <summary>
/// What is remembered of one securable: small, and written only when a run writes to Unity Catalog. JSON in the grain
/// storage; member names are stored state and never change, a missing member has its default.
/// </summary>
public sealed class ResourceState
{
    /// <summary>Grants that are ours. Missing: none.</summary>
    public Ledger Ledger { get; set; } = Ledger.Empty;

    /// <summary>Grows with each intent; whoever wrote the latest is the writer, everybody before is deposed.</summary>
    public long Epoch { get; set; }

    /// <summary>
    /// The activation whose write may be under way; null when none is. Who finds another's here waits until that write
    /// can no longer take effect (specification §4).
    /// </summary>
    public Guid? OpenIntentOf { get; set; }

    /// <summary>When our last write ended or was given up.</summary>
    public DateTimeOffset? LastWrite { get; set; }

    /// <summary>A write's answer never came: read again at this time, in case it took effect late.</summary>
    public DateTimeOffset? RecheckAt { get; set; }

    /// <summary>
    /// Principals that Unity Catalog refused as unknown, and when; they are not tried again before a while or until
    /// the directory lists them.
    /// </summary>
    public Dictionary<string, DateTimeOffset> Refused { get; set; } = [];

    /// <summary>The policy version of the last write.</summary>
    public long? PolicyVersion { get; set; }

    /// <summary>When a read last showed what the last write wanted.</summary>
    public DateTimeOffset? LastVerified { get; set; }
}
