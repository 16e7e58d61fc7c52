using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace PolicySync.Core.Options;

/// <summary>What a sync may do. Section <c>PolicySync:Sync</c>.</summary>
public sealed class SyncOptions
{
    /// <summary>Where this class is bound from.</summary>
    public const string Section = "PolicySync:Sync";

    /// <summary>What may be revoked where no scope says otherwise. Default: <c>Owned</c>.</summary>
    public SyncMode Mode { get; set; } = SyncMode.Owned;

    /// <summary>Modes for parts of the metastore; the first whose pattern covers a securable wins. Default: none.</summary>
    public IList<SyncScope> Scopes { get; } = [];

    /// <summary>What is managed at all; the rest is never touched. Default: everything.</summary>
    public ManagedSets Managed { get; } = new();

    /// <summary>Grant USE_SCHEMA and USE_CATALOG to principals that policies give something below. Default: true.</summary>
    public bool ParentUse { get; set; } = true;

    /// <summary>
    /// Treat an existing grant that policy wants as ours. Default: false: it stays foreign and is never revoked in
    /// mode <c>Owned</c>.
    /// </summary>
    public bool AdoptExisting { get; set; }

    /// <summary>Grant to an account group of a role's name where there is one, else to its members. Default: false.</summary>
    public bool RolesAsGroups { get; set; }

    /// <summary>Principals whose privileges are never revoked. Default: none besides the service and owners.</summary>
    public IList<string> Protected { get; } = [];

    /// <summary>
    /// Largest share of a securable's managed (principal, privilege) pairs that one run may revoke, 0 to 1.
    /// Default: 0.5. Not applied under 10 pairs; 1 turns it off.
    /// </summary>
    [Range(0.0, 1.0)]
    public double MaxRevokeShare { get; set; } = 0.5;

    /// <summary>How long a run polls for its own write to show. Default: 60 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan VerifyTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a securable is retried. Default: 15 minutes; then it fails with the last code.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan RetryFor { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// Show NULL in place of a column that policy denies to a reader of its table, instead of withholding SELECT on the table
    /// from that reader. Default: false. Takes effect where row filters and masks can be set; elsewhere SELECT is
    /// withheld as before.
    /// </summary>
    public bool MaskDeniedColumns { get; set; }

    /// <summary>
    /// Functions that filters and masks of policies may call beside pure built-ins of Databricks: built-ins by name, others as
    /// <c>catalog.schema.function</c>, without case. Default: none. SELECT is withheld from
    /// principals whose expression calls any other.
    /// </summary>
    public IList<string> AllowedFunctions { get; } = [];

    /// <summary>
    /// Schema, one per catalog, that holds the functions of row filters and masks. Default: <c>policysync_guards</c>.
    /// It is never walked and never granted on.
    /// </summary>
    [Required]
    public string GuardSchema { get; set; } = "policysync_guards";
}

/// <summary>What a sync may revoke.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SyncMode>))]
public enum SyncMode
{
    /// <summary>Nothing.</summary>
    [JsonStringEnumMemberName("ADDITIVE")] Additive,

    /// <summary>Only what the ledger says we granted.</summary>
    [JsonStringEnumMemberName("OWNED")] Owned,

    /// <summary>Everything that policy does not want.</summary>
    [JsonStringEnumMemberName("EXACT")] Exact,
}

/// <summary>A mode for part of the metastore.</summary>
public sealed class SyncScope
{
    /// <summary>1 to 3 segments with <c>*</c> and <c>?</c>; covers what it names and all below.</summary>
    [Required]
    public string Pattern { get; set; } = "";

    /// <summary>The mode there.</summary>
    public SyncMode Mode { get; set; } = SyncMode.Owned;
}

/// <summary>What is managed. A set without includes is everything; excludes win.</summary>
public sealed class ManagedSets
{
    /// <summary>Patterns of 1 to 3 segments, without case.</summary>
    public ManagedSet Securables { get; } = new();

    /// <summary>Patterns of principal names; groups with case.</summary>
    public ManagedSet Principals { get; } = new();

    /// <summary>Patterns of privileges, without case.</summary>
    public ManagedSet Privileges { get; } = new();
}

/// <summary>Includes and excludes of one kind.</summary>
public sealed class ManagedSet
{
    /// <summary>What is managed; empty is everything.</summary>
    public IList<string> Include { get; } = [];

    /// <summary>What is not, whatever the includes say.</summary>
    public IList<string> Exclude { get; } = [];
}
