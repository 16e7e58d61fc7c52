using PolicySync.Core.Securables;

namespace PolicySync.Core.NewObjects;

/// <summary>
/// What a round lists of a catalog, compared with what is known of it. Names that are known cost 12 bytes each; the texts of new names are kept
/// up to <see cref="MaxLeaves"/> in a schema. What could not be listed is unknown: it is neither gone, nor new when it is listed again. Not safe
/// for concurrent use.
/// </summary>
public sealed class CatalogListing
{
    /// <summary>More new names in one schema than these are named by the schema.</summary>
    public const int MaxLeaves = 1_000;

    private readonly Securable _catalog;
    private readonly KnownCatalog? _known;
    private readonly NameHasher _hasher;
    private readonly bool _isNew;
    private readonly bool _isWhole;
    private readonly Dictionary<string, SchemaNames> _schemas = new(StringComparer.Ordinal);
    private readonly Dictionary<string, uint> _kinds = new(StringComparer.Ordinal);

    /// <summary>Begins with the schemas, which are listed first.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="schemas">Its schemas that are watched, all of them.</param>
    /// <param name="known">What is known of it; null when it has not been listed.</param>
    /// <param name="isNew">Whether the catalog itself is new. One that is not new and of which nothing is known is learned.</param>
    /// <param name="isWhole">Whether a new catalog is named itself, instead of its schemas.</param>
    /// <param name="hasher">The hasher of <paramref name="known"/>.</param>
    public CatalogListing(Securable catalog, IEnumerable<Securable> schemas, KnownCatalog? known, bool isNew, bool isWhole, NameHasher hasher)
    {
        (_catalog, _known, _hasher, _isNew, _isWhole) = (catalog, known, hasher, isNew, isWhole);
        foreach (var schema in schemas)
        {
            _schemas[schema.Name] = new SchemaNames(schema, known?.Schemas.GetValueOrDefault(schema.Name));
        }
    }

    /// <summary>The schemas.</summary>
    public IEnumerable<Securable> Schemas => _schemas.Values.Select(static names => names.Schema);

    /// <summary>Names that are known and were not listed, in schemas whose list is complete and in schemas that no longer exist.</summary>
    public long Gone => _schemas.Values.Sum(static names => (long)names.Gone) + (_known?.Schemas
        .Where(schema => !_schemas.ContainsKey(schema.Key)).Sum(static schema => (long)schema.Value.Count) ?? 0);

    /// <summary>
    /// Whether the list lacks more than half of the names that are known, as a damaged list does. Then it is to be compared with another list
    /// before it is believed.
    /// </summary>
    public bool IsDoubtful => _schemas.Values.Sum(static names => (long)names.Gone) is var gone and > 0
        && 2 * gone > _schemas.Values.Where(static names => !names.IsFailed).Sum(static names => (long)(names.Known?.Count ?? 0));

    /// <summary>
    /// The schema by which a list of the whole catalog is tried: that which lacks most of its known names, or else the one with fewest names.
    /// Null without a schema.
    /// </summary>
    public Securable? Probe => _schemas.Values.OrderByDescending(static names => names.Gone).ThenBy(static names => names.Entries.Count)
        .ThenBy(static names => names.Schema.Name, StringComparer.Ordinal).FirstOrDefault()?.Schema;

    private bool IsComplete => _schemas.Values.All(static names => !names.IsFailed);

    // Of a catalog that existed when the watch began, nothing that is listed first is new.
    private bool IsLearning => _known is null && !_isNew;

    /// <summary>Adds a table. One of a schema that is not watched, or that was made after the list of schemas, is left out.</summary>
    /// <param name="table">The table.</param>
    /// <param name="kind">Its <c>table_type</c>; null when it is not known.</param>
    public void Add(Securable table, string? kind)
    {
        if (_schemas.TryGetValue(table.Parts[1], out var names))
        {
            names.Add(table, new NameEntry(_hasher.Of(table.Name), kind is null ? 0 : KindOf(kind)));
        }
    }

    /// <summary>Whether a table is in the list.</summary>
    public bool Has(Securable table) =>
        _schemas.TryGetValue(table.Parts[1], out var names) && _hasher.Of(table.Name) is var hash && names.Entries.Exists(entry => entry.Hash == hash);

    /// <summary>The list of a schema is not complete.</summary>
    public void Fail(Securable schema) => _schemas[schema.Name].IsFailed = true;

    /// <summary>The list is not complete, and it is not known in which schemas.</summary>
    public void Fail()
    {
        foreach (var names in _schemas.Values)
        {
            names.IsFailed = true;
        }
    }

    /// <summary>What is to be synced: containers, and tables outside them.</summary>
    public CatalogNews News()
    {
        if (IsLearning || (_isNew && !IsComplete))
        {
            return CatalogNews.None;
        }

        if (_isNew && _isWhole)
        {
            return new CatalogNews([_catalog], []);
        }

        var containers = _schemas.Values.Where(static names => names.IsNewSchema || names.IsNamedWhole).Select(static names => names.Schema);
        var leaves = _schemas.Values.Where(static names => names.HasNews && !names.IsNamedWhole).SelectMany(static names => names.New).Select(static one => one.Table);
        return new CatalogNews([.. containers], [.. leaves]);
    }

    /// <summary>The number of new names that are named, those in new containers included.</summary>
    /// <param name="isNamed">Whether a durable task names a securable, or a container above it.</param>
    public long CountNamed(Predicate<Securable> isNamed) => IsLearning ? 0 : _schemas.Values.Sum(names => names.CountNamed(isNamed));

    /// <summary>What is known from now on: what was listed, without what is new and was not named by a task.</summary>
    /// <param name="isNamed">Whether a durable task names a securable, or a container above it.</param>
    /// <returns>Null when the catalog stays new.</returns>
    public KnownCatalog? Learn(Predicate<Securable> isNamed)
    {
        if (_isNew && (!IsComplete || (_isWhole && !isNamed(_catalog))))
        {
            return null;
        }

        var learned = new Dictionary<string, KnownSchema>(StringComparer.Ordinal);
        foreach (var (name, names) in _schemas)
        {
            if (names.Learn(IsLearning, isNamed) is { } schema)
            {
                learned[name] = schema;
            }
        }

        return new KnownCatalog(learned);
    }

    private uint KindOf(string kind)
    {
        if (!_kinds.TryGetValue(kind, out var known))
        {
            _kinds[kind] = known = _hasher.Short(kind);
        }

        return known;
    }

    /// <summary>The names that were listed of a schema.</summary>
    private sealed class SchemaNames(Securable schema, KnownSchema? known)
    {
        public Securable Schema => schema;

        public KnownSchema? Known => known;

        public bool IsFailed { get; set; }

        public List<NameEntry> Entries { get; } = [];

        /// <summary>The first new names.</summary>
        public List<(Securable Table, NameEntry Entry)> New { get; } = [];

        public int NewCount { get; private set; }

        public int Gone => IsFailed || known is null ? 0 : Math.Max(0, known.Count - _found);

        public bool IsNewSchema => known is null && !IsFailed;

        public bool HasNews => known is { IsLearned: true } && NewCount > 0;

        public bool IsNamedWhole => HasNews && (NewCount > MaxLeaves || 2L * NewCount >= Math.Max(Entries.Count, known!.Count));

        private int _found;

        public void Add(Securable table, NameEntry entry)
        {
            Entries.Add(entry);
            var before = known?.Find(entry.Hash);
            _found += before is null ? 0 : 1;
            if (before is { } old && old.IsOfKind(entry.Kind))
            {
                return;
            }

            NewCount++;
            if (New.Count <= MaxLeaves && known is { IsLearned: true })
            {
                New.Add((table, entry));
            }
        }

        public long CountNamed(Predicate<Securable> isNamed) => known switch
        {
            { IsLearned: false } => 0,
            null => isNamed(schema) ? Entries.Count : 0,
            _ => isNamed(schema) ? NewCount : New.Count(one => isNamed(one.Table)),
        };

        public KnownSchema? Learn(bool isLearning, Predicate<Securable> isNamed) => (known, IsFailed) switch
        {
            (null, true) => isLearning ? KnownSchema.Unlearned : null,
            (null, false) => isLearning || isNamed(schema) ? KnownSchema.Of(Entries) : null,
            ({ IsLearned: false }, true) => known,
            ({ IsLearned: false }, false) => KnownSchema.Of(Entries),
            ({ }, true) when isNamed(schema) => KnownSchema.Of([.. Entries, .. known.Names]),
            ({ }, true) => KnownSchema.Of([.. New.Where(one => isNamed(one.Table)).Select(static one => one.Entry), .. known.Names]),
            ({ }, false) when NewCount == 0 || isNamed(schema) => KnownSchema.Of(Entries),
            _ => KnownSchema.Of(WithoutUnnamed(isNamed)),
        };

        // A name whose type changed stays known by its old type until a task names it.
        private IEnumerable<NameEntry> WithoutUnnamed(Predicate<Securable> isNamed)
        {
            var named = New.Where(one => isNamed(one.Table)).Select(static one => one.Entry.Hash).ToHashSet();
            foreach (var entry in Entries)
            {
                var before = known!.Find(entry.Hash);
                if (named.Contains(entry.Hash) || (before is { } old && old.IsOfKind(entry.Kind)))
                {
                    yield return entry;
                }
                else if (before is { } other)
                {
                    yield return other;
                }
            }
        }
    }
}

/// <summary>What is to be synced of a catalog.</summary>
/// <param name="Containers">Catalogs and schemas, with all below.</param>
/// <param name="Leaves">Tables outside them.</param>
public sealed record CatalogNews(IReadOnlyList<Securable> Containers, IReadOnlyList<Securable> Leaves)
{
    /// <summary>Nothing.</summary>
    public static CatalogNews None { get; } = new([], []);

    /// <summary>Whether there is nothing.</summary>
    public bool IsEmpty => Containers.Count == 0 && Leaves.Count == 0;
}
