namespace PolicySync.Core.Principals;

/// <summary>
/// Returns one string for equal ids. A directory lists a member's id once for each of its groups: of a million users in five
/// groups each, that is a quarter of a gigabyte.
/// </summary>
internal sealed class IdPool
{
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);

    /// <summary>The one string for <paramref name="id"/>.</summary>
    public string Pooled(string id)
    {
        if (_ids.TryGetValue(id, out var known))
        {
            return known;
        }

        _ids.Add(id);
        return id;
    }

    /// <summary>The same group with pooled ids.</summary>
    public DirectoryGroup Pooled(DirectoryGroup group) =>
        group with { Id = Pooled(group.Id), MemberIds = group.MemberIds.Select(Pooled).ToArray() };
}
