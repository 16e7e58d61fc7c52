using PolicySync.Core.Grants;

namespace PolicySync.Core.Tests.Planning;

/// <summary>
/// What PATCH permissions does to one securable, written from reference unity-catalog.md §0.2, §0.3 and §1.2 alone and
/// sharing no code with the planner: removals first; ALL_PRIVILEGES takes along everything but MANAGE and
/// EXTERNAL_USE_*; e-mails without case; who holds nothing is not listed; a refused request changes nothing.
/// </summary>
internal sealed class UnityCatalogModel
{
    private readonly Dictionary<string, (string Name, long? Id, HashSet<string> Held)> _rows = [];
    private long _nextId = 1_000;

    public UnityCatalogModel(IEnumerable<Assignment> assignments)
    {
        foreach (var assignment in assignments)
        {
            Row(assignment.Principal, assignment.PrincipalId).UnionWith(assignment.Privileges);
        }
    }

    public IReadOnlyList<Assignment> Read() =>
        [.. _rows.Values.Where(row => row.Held.Count > 0).Select(row => new Assignment(row.Name, row.Id, [.. row.Held.Order()]))];

    public void Patch(IEnumerable<PermissionChange> changes)
    {
        var all = changes.ToList();
        Assert.NotEmpty(all);
        Assert.Equal(all.Count, all.Select(change => KeyOf(change.Principal, change.PrincipalId)).Distinct().Count());
        Assert.All(all, change =>
        {
            Assert.Empty(change.Add.Intersect(change.Remove)); // 400 "Duplicate privileges to add and delete"
            Assert.True(change.Principal.Length > 0 ^ change.PrincipalId is not null); // 400 missing principal, or both
            Assert.NotEmpty(change.Add.Concat(change.Remove));
            Assert.True(change.PrincipalId is null || change.Add.Count == 0); // nobody grants to the deleted
        });

        foreach (var change in all)
        {
            var held = Row(change.Principal, change.PrincipalId);
            if (change.Remove.Contains("ALL_PRIVILEGES"))
            {
                held.RemoveWhere(privilege => privilege != "MANAGE" && !privilege.StartsWith("EXTERNAL_USE_", StringComparison.Ordinal));
            }

            held.ExceptWith(change.Remove);
            held.UnionWith(change.Add);
        }
    }

    private static string KeyOf(string name, long? id) =>
        name.Length == 0 ? $"#{id}" : name.Contains('@', StringComparison.Ordinal) ? name.ToUpperInvariant() : name;

    private HashSet<string> Row(string name, long? id)
    {
        var key = KeyOf(name, id);
        if (!_rows.TryGetValue(key, out var row))
        {
            _rows[key] = row = (name, id ?? _nextId++, []);
        }

        return row.Held;
    }
}
