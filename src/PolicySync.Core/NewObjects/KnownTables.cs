using System.Globalization;
using System.Runtime.InteropServices;
using PolicySync.Core.Securables;

namespace PolicySync.Core.NewObjects;

/// <summary>A table of a schema with row filters or masks, in 16 bytes.</summary>
/// <param name="Name">The hash of its name.</param>
/// <param name="Identity">A short hash of its id; 0 when that is not known.</param>
/// <param name="Updated">A short hash of when it was changed; 0 when that is not known.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct TableStamp(ulong Name, uint Identity, uint Updated) : IComparable<TableStamp>
{
    /// <summary>Orders by name.</summary>
    public int CompareTo(TableStamp other) => Name.CompareTo(other.Name);
}

/// <summary>A table that is not as it was.</summary>
/// <param name="Table">The table.</param>
/// <param name="IsRecreated">Whether another object has its name; otherwise its definition was changed.</param>
public sealed record ChangedTable(Securable Table, bool IsRecreated);

/// <summary>The tables of a schema as they were listed last. Immutable.</summary>
public sealed class KnownTables
{
    private readonly TableStamp[] _tables;

    private KnownTables(TableStamp[] tables) => _tables = tables;

    /// <summary>The number of tables.</summary>
    public int Count => _tables.Length;

    /// <summary>
    /// The tables that are another object than before, or that were changed. A table that was not listed before, or of which the list does not
    /// say enough, is not among them: names show the former.
    /// </summary>
    /// <param name="before">The tables as they were; null when they were not listed.</param>
    /// <param name="listed">The tables as they are.</param>
    /// <param name="hasher">The hasher of <paramref name="before"/>.</param>
    public static IReadOnlyList<ChangedTable> Changed(KnownTables? before, IEnumerable<ListedTable> listed, NameHasher hasher) => before is null ? [] :
    [
        .. from table in listed
           let now = StampOf(table, hasher)
           let then = before.Find(now.Name)
           where then is not null
           let isRecreated = Differ(then.Value.Identity, now.Identity)
           where isRecreated || Differ(then.Value.Updated, now.Updated)
           select new ChangedTable(table.Table, isRecreated),
    ];

    /// <summary>The tables as they are known from now on: as listed, where they are not among <paramref name="unnamed"/>.</summary>
    /// <param name="before">The tables as they were; null when they were not listed.</param>
    /// <param name="listed">The tables as they are.</param>
    /// <param name="unnamed">Changed tables that no task names; they stay as they were.</param>
    /// <param name="hasher">The hasher of <paramref name="before"/>.</param>
    public static KnownTables Learn(KnownTables? before, IEnumerable<ListedTable> listed, IReadOnlySet<Securable> unnamed, NameHasher hasher)
    {
        var tables = listed.Select(table => StampOf(table, hasher) is var now && before?.Find(now.Name) is { } then
            ? unnamed.Contains(table.Table) ? then : new TableStamp(now.Name, Known(now.Identity, then.Identity), Known(now.Updated, then.Updated))
            : now).DistinctBy(static stamp => stamp.Name).ToArray();
        Array.Sort(tables);
        return new KnownTables(tables);
    }

    /// <summary>The same tables, of which some are as listed.</summary>
    /// <param name="listed">Tables, as they are.</param>
    /// <param name="hasher">The hasher of the others.</param>
    public KnownTables With(IEnumerable<ListedTable> listed, NameHasher hasher)
    {
        TableStamp[] tables = [.. listed.Select(table => StampOf(table, hasher)).Concat(_tables).DistinctBy(static stamp => stamp.Name)];
        Array.Sort(tables);
        return new KnownTables(tables);
    }

    private TableStamp? Find(ulong name) => Array.BinarySearch(_tables, new TableStamp(name, 0, 0)) is var at and >= 0 ? _tables[at] : null;

    private static bool Differ(uint one, uint other) => one != 0 && other != 0 && one != other;

    // What one list lacks, does not forget what an earlier one said.
    private static uint Known(uint now, uint then) => now != 0 ? now : then;

    private static TableStamp StampOf(ListedTable table, NameHasher hasher) => new(
        hasher.Of(table.Table.Name), table.Identity is { } id ? hasher.Short(id) : 0,
        table.UpdatedAt is { } at ? hasher.Short(at.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)) : 0);
}
