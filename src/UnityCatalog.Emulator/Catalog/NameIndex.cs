namespace UnityCatalog.Emulator.Catalog;

/// <summary>
/// Children of one family in name order. A sorted list serves both look-up and paging ("what comes after
/// this name"), so a page token stays valid while objects come and go.
/// </summary>
internal sealed class NameIndex
{
    private readonly List<Securable> _items = [];

    public int Count => _items.Count;

    public Securable this[int position] => _items[position];

    public Securable? Find(string name)
    {
        var position = Search(name);
        return position >= 0 ? _items[position] : null;
    }

    public void Add(Securable item)
    {
        var position = Search(item.Name);
        if (position >= 0)
        {
            throw new InvalidOperationException($"{item.Name} is already indexed");
        }

        _items.Insert(~position, item);
    }

    public void Remove(string name)
    {
        var position = Search(name);
        if (position >= 0)
        {
            _items.RemoveAt(position);
        }
    }

    /// <summary>Items whose name is greater than <paramref name="name"/>; null is before all.</summary>
    public IEnumerable<Securable> After(string? name)
    {
        for (var i = First(name); i < _items.Count; i++)
        {
            yield return _items[i];
        }
    }

    private int First(string? after)
    {
        var position = after is null ? -1 : Search(after);
        return position >= 0 ? position + 1 : ~position;
    }

    private int Search(string name)
    {
        var (low, high) = (0, _items.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = string.CompareOrdinal(_items[middle].Name, name);
            if (order == 0)
            {
                return middle;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return ~low;
    }
}
