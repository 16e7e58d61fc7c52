using System.Runtime.InteropServices;

namespace PolicySync.Core.NewObjects;

/// <summary>A name that is known, in 12 bytes.</summary>
/// <param name="Hash">Of the name in its schema.</param>
/// <param name="Kind">A short hash of its <c>table_type</c>; 0 when that is not known, which equals every type.</param>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public readonly record struct NameEntry(ulong Hash, uint Kind) : IComparable<NameEntry>
{
    /// <summary>Orders by hash.</summary>
    public int CompareTo(NameEntry other) => Hash.CompareTo(other.Hash);

    /// <summary>Whether a name with this hash and type is the same object, as far as its type tells.</summary>
    public bool IsOfKind(uint kind) => Kind == 0 || kind == 0 || Kind == kind;
}

/// <summary>The names of a schema that are known. Immutable.</summary>
public sealed class KnownSchema
{
    private readonly NameEntry[] _names;

    private KnownSchema(NameEntry[] names, bool isLearned) => (_names, IsLearned) = (names, isLearned);

    /// <summary>A schema that exists, and whose names have not been listed completely yet: none of them counts as new.</summary>
    public static KnownSchema Unlearned { get; } = new([], isLearned: false);

    /// <summary>Whether a name that is not known is new.</summary>
    public bool IsLearned { get; }

    /// <summary>The number of names.</summary>
    public int Count => _names.Length;

    /// <summary>The names, sorted by hash.</summary>
    public IReadOnlyList<NameEntry> Names => _names;

    /// <summary>A schema whose names are known. Of names with one hash, the first is kept.</summary>
    public static KnownSchema Of(IEnumerable<NameEntry> names)
    {
        var distinct = names.DistinctBy(static name => name.Hash).ToArray();
        Array.Sort(distinct);
        return new KnownSchema(distinct, isLearned: true);
    }

    /// <summary>Finds what is known of a name; null when nothing is.</summary>
    public NameEntry? Find(ulong hash) => Array.BinarySearch(_names, new NameEntry(hash, 0)) is var at and >= 0 ? _names[at] : null;
}

/// <summary>The schemas of a catalog that are known, by their names in lower case. Immutable.</summary>
/// <param name="Schemas">The schemas.</param>
public sealed record KnownCatalog(IReadOnlyDictionary<string, KnownSchema> Schemas)
{
    /// <summary>The number of names in it.</summary>
    public long Count => Schemas.Values.Sum(static schema => (long)schema.Count);
}
