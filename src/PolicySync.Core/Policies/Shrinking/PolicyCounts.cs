namespace PolicySync.Core.Policies.Shrinking;

/// <summary>
/// How much a version of the policies holds of everything that can be lost, by the keys of <see cref="PolicyMeasure"/>.
/// Compares by value. It is stored with the last accepted version, so a key never changes its meaning.
/// </summary>
public sealed class PolicyCounts : IEquatable<PolicyCounts>
{
    private readonly Dictionary<string, long> _counts;

    /// <summary>Takes counts by key.</summary>
    public PolicyCounts(IEnumerable<KeyValuePair<string, long>> counts) => _counts = new(counts, StringComparer.Ordinal);

    /// <summary>Nothing was counted: what a version stored that an earlier build of the product accepted.</summary>
    public static PolicyCounts None { get; } = new([]);

    /// <summary>All counts by key.</summary>
    public IReadOnlyDictionary<string, long> All => _counts;

    /// <summary>The count of <paramref name="key"/>; null when it was not counted, which is not the same as 0.</summary>
    public long? Of(string key) => _counts.TryGetValue(key, out var count) ? count : null;

    /// <inheritdoc/>
    public bool Equals(PolicyCounts? other) => other is not null && _counts.Count == other._counts.Count
        && _counts.All(pair => other.Of(pair.Key) == pair.Value);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PolicyCounts);

    /// <inheritdoc/>
    public override int GetHashCode() => _counts.Count;
}
