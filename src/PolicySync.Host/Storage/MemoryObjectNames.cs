using System.Collections.Concurrent;
using PolicySync.Core.Securables;

namespace PolicySync.Host.Storage;

/// <summary>Keeps the names of objects in memory, like the states that they lead to. Nothing survives the process.</summary>
internal sealed class MemoryObjectNames : IObjectNames
{
    private readonly ConcurrentDictionary<(Securable, string), ObjectName> _names = new();

    /// <summary>All of them.</summary>
    public IEnumerable<ObjectName> All => _names.Values;

    public Task<IReadOnlyList<ObjectName>> FindAsync(SecurableType type, string identity, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<ObjectName>>(
            [.. _names.Values.Where(name => name.Identity == identity && name.Securable.Type == type).OrderBy(name => name.Securable.FullName, StringComparer.Ordinal)]);

    public Task SetAsync(ObjectName name, CancellationToken cancellation)
    {
        _names[(name.Securable, name.Identity)] = name;
        return Task.CompletedTask;
    }

    public Task RemoveAsync(ObjectName name, CancellationToken cancellation)
    {
        _names.TryRemove((name.Securable, name.Identity), out _);
        return Task.CompletedTask;
    }
}
