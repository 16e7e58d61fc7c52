using PolicySync.Core.NewObjects;
using PolicySync.Core.Securables;

namespace PolicySync.Grains.Watching;

/// <summary>
/// What the watch knows of the metastore: 12 bytes for each table, 16 more for each in a schema with row filters or masks, and about 130 for each
/// schema. Not safe for concurrent use.
/// </summary>
internal sealed class WatchMemory(NameHasher hasher)
{
    public NameHasher Hasher { get; } = hasher;

    /// <summary>The number of the round, from 1.</summary>
    public long Round { get; set; }

    /// <summary>Whether the catalogs were listed: one that is found later is new.</summary>
    public bool HasBegun { get; set; }

    /// <summary>Catalogs that are watched, by name.</summary>
    public Dictionary<string, WatchedCatalog> Catalogs { get; } = new(StringComparer.Ordinal);

    /// <summary>Schemas with row filters or masks.</summary>
    public Dictionary<Securable, WatchedSchema> Guarded { get; } = [];

    /// <summary>The number of names.</summary>
    public long Names => Catalogs.Values.Sum(static catalog => catalog.Known?.Count ?? 0);

    /// <summary>Catalogs whose tables are listed by schema.</summary>
    public int Fallbacks => Catalogs.Values.Count(static catalog => catalog.FallbackSince is not null);
}

/// <summary>What the watch knows of a catalog.</summary>
internal sealed class WatchedCatalog
{
    /// <summary>Whether it did not exist when the watch began, and no task has named it.</summary>
    public bool IsNew { get; set; }

    /// <summary>Whether what syncs have recorded is to be read before the first list (<c>Watch:OnStart</c>).</summary>
    public bool IsToSeed { get; set; }

    /// <summary>Null until it was listed.</summary>
    public KnownCatalog? Known { get; set; }

    /// <summary>The round that listed it last.</summary>
    public long LastListed { get; set; }

    /// <summary>A timestamp, since when its tables are listed by schema; null while table summaries tell them.</summary>
    public long? FallbackSince { get; set; }

    /// <summary>With which schema the next list by schema begins.</summary>
    public int NextSchema { get; set; }

    /// <summary>Whether the last list failed; then the next failure is not logged.</summary>
    public bool IsFailing { get; set; }

    /// <summary>Names of its schemas with row filters or masks.</summary>
    public IReadOnlySet<string> Guarded { get; set; } = new HashSet<string>();

    /// <summary>The first round that reads <see cref="Guarded"/> again.</summary>
    public long GuardsDue { get; set; }
}

/// <summary>What the watch knows of a schema with row filters or masks.</summary>
internal sealed class WatchedSchema
{
    /// <summary>Null until it was listed.</summary>
    public KnownTables? Tables { get; set; }

    /// <summary>The round that listed it last.</summary>
    public long LastListed { get; set; }
}
