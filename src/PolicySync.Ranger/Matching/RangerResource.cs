namespace PolicySync.Ranger.Matching;

/// <summary>A resource that access is asked for: a value, or several, for each level that it names.</summary>
public sealed class RangerResource
{
    private readonly Dictionary<string, IReadOnlyList<string>> _elements;

    /// <summary>A resource with one value for each level.</summary>
    /// <param name="elements">Level to value, for example <c>database</c> to <c>finance</c>; <c>*</c> asks for all values.</param>
    /// <param name="ownerUser">The owner, who matches <c>{OWNER}</c> in policies; null when unknown.</param>
    public RangerResource(IReadOnlyDictionary<string, string> elements, string? ownerUser = null)
    {
        _elements = new(elements.Count, StringComparer.Ordinal);
        foreach (var (name, value) in elements)
        {
            _elements.Add(name, [value]);
        }

        OwnerUser = ownerUser;
    }

    /// <summary>A resource with several values for a level, any of which may match.</summary>
    /// <param name="elements">Level to values.</param>
    /// <param name="ownerUser">The owner, who matches <c>{OWNER}</c> in policies; null when unknown.</param>
    public RangerResource(IReadOnlyDictionary<string, IReadOnlyList<string>> elements, string? ownerUser = null)
    {
        _elements = new(elements, StringComparer.Ordinal);
        OwnerUser = ownerUser;
    }

    /// <summary>The owner; null when unknown.</summary>
    public string? OwnerUser { get; }

    /// <summary>Names of the levels that the resource has a value for.</summary>
    public IReadOnlyCollection<string> Names => _elements.Keys;

    /// <summary>The values of one level, null when the resource does not name it.</summary>
    public IReadOnlyList<string>? ValuesOf(string name) => _elements.GetValueOrDefault(name);
}
