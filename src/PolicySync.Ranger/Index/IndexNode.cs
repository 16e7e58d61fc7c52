namespace PolicySync.Ranger.Index;

/// <summary>A step in the index: what ends here, and the levels below.</summary>
internal sealed class IndexNode
{
    private List<int>? _ends;
    private Dictionary<string, IndexLevel>? _levels;

    public List<int> Ends => _ends ??= [];

    public IEnumerable<KeyValuePair<string, IndexLevel>> Levels => _levels ?? [];

    public IndexLevel Level(string name)
    {
        _levels ??= new Dictionary<string, IndexLevel>(StringComparer.Ordinal);
        if (!_levels.TryGetValue(name, out var level))
        {
            level = new IndexLevel();
            _levels.Add(name, level);
        }

        return level;
    }
}
