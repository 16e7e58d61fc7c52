using System.Collections.Immutable;

namespace UnityCatalog.Emulator.Permissions;

/// <summary>Who holds what directly on one securable, by principal id. Immutable, so that a reader needs no copy.</summary>
internal sealed record GrantTable(ImmutableDictionary<long, ImmutableSortedSet<string>> ByPrincipal)
{
    public static readonly ImmutableSortedSet<string> NoPrivileges =
        ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    public static readonly GrantTable Empty = new(ImmutableDictionary<long, ImmutableSortedSet<string>>.Empty);

    public ImmutableSortedSet<string> Of(long principal) => ByPrincipal.GetValueOrDefault(principal, NoPrivileges);

    /// <summary>A principal without privileges has no row (reference §1.2).</summary>
    public GrantTable With(long principal, ImmutableSortedSet<string> privileges) => new(
        privileges.IsEmpty ? ByPrincipal.Remove(principal) : ByPrincipal.SetItem(principal, privileges));
}

/// <summary>
/// The present grants and, while some reader lags, the former ones: Unity Catalog may show the state from
/// before a write for up to a minute (reference §1.2).
/// </summary>
internal sealed class GrantHistory
{
    private readonly List<(long ReplacedAt, GrantTable Value)> _former = [];

    public GrantTable Current { get; private set; } = GrantTable.Empty;

    /// <param name="value">The new grants.</param>
    /// <param name="now">Monotonic milliseconds.</param>
    /// <param name="keep">How long the value before stays visible to lagging readers, in milliseconds.</param>
    public void Write(GrantTable value, long now, long keep)
    {
        _former.RemoveAll(entry => entry.ReplacedAt + keep <= now);
        if (keep > 0)
        {
            _former.Add((now, Current));
        }

        Current = value;
    }

    /// <summary>The grants as they were <paramref name="lag"/> milliseconds before <paramref name="now"/>.</summary>
    public GrantTable AsOf(long now, long lag)
    {
        foreach (var (replacedAt, value) in _former)
        {
            if (replacedAt > now - lag)
            {
                return value;
            }
        }

        return Current;
    }
}
