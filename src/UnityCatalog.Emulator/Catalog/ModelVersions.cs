namespace UnityCatalog.Emulator.Catalog;

/// <summary>One version of a registered model. Times are epoch milliseconds.</summary>
internal sealed record ModelVersion(
    int Number, string Id, string? Comment, string? Source, string? RunId, long CreatedAt, string? CreatedBy, long UpdatedAt, string? UpdatedBy);

/// <summary>The versions of a model in order, and their aliases.</summary>
internal sealed class ModelVersions
{
    private readonly SortedDictionary<int, ModelVersion> _versions = [];

    /// <summary>Alias to version.</summary>
    public SortedDictionary<string, int> Aliases { get; } = new(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyCollection<ModelVersion> All => _versions.Values;

    /// <summary>The number of the next version; numbers are not reused.</summary>
    public int Next { get; private set; } = 1;

    public ModelVersion? Find(int number) => _versions.GetValueOrDefault(number);

    public IEnumerable<string> AliasesOf(int number) => Aliases.Where(alias => alias.Value == number).Select(alias => alias.Key);

    /// <summary>Adds a version, or replaces the one of its number.</summary>
    public void Put(ModelVersion version)
    {
        _versions[version.Number] = version;
        Next = Math.Max(Next, version.Number + 1);
    }

    public void Remove(int number)
    {
        _versions.Remove(number);
        foreach (var alias in AliasesOf(number).ToList())
        {
            Aliases.Remove(alias);
        }
    }
}
