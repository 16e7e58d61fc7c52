using PolicySync.Ranger.Model;

namespace PolicySync.Ranger.Conformance.Acls;

/// <summary>The entries of one kind of principal while an ACL is built.</summary>
internal sealed class AclTable
{
    private readonly Dictionary<string, Dictionary<string, Entry>> _entries = new(StringComparer.Ordinal);

    /// <summary>Writes a policy's result. A final result stays, but its policy is overwritten, as in Ranger.</summary>
    public void Set(string name, string access, AclAccess result, RangerPolicy policy)
    {
        if (!_entries.TryGetValue(name, out var accesses))
        {
            accesses = new Dictionary<string, Entry>(StringComparer.Ordinal);
            _entries.Add(name, accesses);
        }

        if (!accesses.TryGetValue(access, out var entry))
        {
            accesses.Add(access, new Entry { Result = result, IsFinal = result == AclAccess.Denied, Policy = policy });
        }
        else if (result != AclAccess.Conditional)
        {
            entry.Result = entry.IsFinal ? entry.Result : result;
            entry.IsFinal |= result == AclAccess.Denied;
            entry.Policy = policy;
        }
    }

    /// <summary>The access types that everyone is allowed or denied.</summary>
    public IEnumerable<string> DecidedFor(string name) =>
        _entries.TryGetValue(name, out var accesses)
            ? accesses.Where(a => a.Value.Result != AclAccess.Conditional).Select(a => a.Key)
            : [];

    /// <summary>Drops what is not final for an access type, except for one name.</summary>
    public void DropOpen(string access, string? except = null)
    {
        foreach (var (name, accesses) in _entries)
        {
            if (name != except && accesses.TryGetValue(access, out var entry) && !entry.IsFinal)
            {
                accesses.Remove(access);
            }
        }
    }

    /// <summary>Makes everything final.</summary>
    public void Close()
    {
        foreach (var (name, accesses) in _entries)
        {
            if (accesses.Count == 0)
            {
                _entries.Remove(name);
            }

            foreach (var entry in accesses.Values)
            {
                entry.IsFinal = true;
            }
        }
    }

    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, AclEntry>> ToEntries() => _entries.ToDictionary(
        e => e.Key,
        e => (IReadOnlyDictionary<string, AclEntry>)e.Value.ToDictionary(
            a => a.Key, a => new AclEntry(a.Value.Result, a.Value.IsFinal, a.Value.Policy), StringComparer.Ordinal),
        StringComparer.Ordinal);

    private sealed class Entry
    {
        public required AclAccess Result { get; set; }

        public required bool IsFinal { get; set; }

        public required RangerPolicy Policy { get; set; }
    }
}
