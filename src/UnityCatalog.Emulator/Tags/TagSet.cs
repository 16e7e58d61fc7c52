namespace UnityCatalog.Emulator.Tags;

/// <summary>One tag on an object or on one of its columns.</summary>
/// <param name="Value">Empty for a tag without a value.</param>
/// <param name="UpdatedAt">Epoch milliseconds.</param>
/// <param name="UpdatedBy">Who assigned it; null when the state did.</param>
internal sealed record Tag(string Value, long UpdatedAt, string? UpdatedBy);

/// <summary>The tags of one object, its own and those of its columns. Keys compare exactly; columns without case.</summary>
internal sealed class TagSet
{
    private static readonly SortedDictionary<string, Tag> None = new(StringComparer.Ordinal);

    private readonly SortedDictionary<string, Tag> _own = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedDictionary<string, Tag>> _columns = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Tagged columns.</summary>
    public IEnumerable<string> Columns => _columns.Where(pair => pair.Value.Count > 0).Select(pair => pair.Key).Order(StringComparer.Ordinal);

    /// <summary>The tags of a column; of the object itself for null.</summary>
    public IReadOnlyDictionary<string, Tag> Of(string? column) =>
        column is null ? _own : _columns.GetValueOrDefault(column) ?? None;

    public void Set(string? column, string key, Tag tag) => Writable(column)[key] = tag;

    public bool Remove(string? column, string key) => Writable(column).Remove(key);

    private SortedDictionary<string, Tag> Writable(string? column)
    {
        if (column is null)
        {
            return _own;
        }

        if (!_columns.TryGetValue(column, out var tags))
        {
            _columns[column] = tags = new SortedDictionary<string, Tag>(StringComparer.Ordinal);
        }

        return tags;
    }
}
