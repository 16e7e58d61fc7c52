using System.Collections.Concurrent;
using PolicySync.Core.Securables;

namespace PolicySync.Grains.Tests.Support;

/// <summary>Names of objects, outliving silos; counts calls and fails on request.</summary>
internal sealed class KeptNames : IObjectNames
{
    private readonly ConcurrentDictionary<(Securable, string), ObjectName> _names = new();
    private readonly ConcurrentQueue<string> _calls = new();

    /// <summary>Asked before each call with <c>find</c>, <c>set</c> or <c>remove</c>; what it returns is thrown.</summary>
    public Func<string, Exception?>? Trouble { get; set; }

    /// <summary>What is remembered, as <c>table main.a.t id-3</c>, with <c>parked</c> behind it where something is.</summary>
    public IReadOnlyList<string> All =>
        [.. _names.Values.Select(name => $"{name.Securable} {name.Identity}{(name.Parked is null ? "" : " parked")}").Order(StringComparer.Ordinal)];

    /// <summary>Calls so far, as <c>set table main.a.t</c>; a search by its id.</summary>
    public IReadOnlyList<string> Calls => [.. _calls];

    public void Clear() => _names.Clear();

    public void ClearCalls() => _calls.Clear();

    /// <summary>Runs once, after the next search and before its answer arrives.</summary>
    public Func<Task>? AfterFind { get; set; }

    public async Task<IReadOnlyList<ObjectName>> FindAsync(SecurableType type, string identity, CancellationToken cancellation)
    {
        Call("find", identity);
        IReadOnlyList<ObjectName> found =
            [.. _names.Values.Where(name => name.Identity == identity && name.Securable.Type == type).OrderBy(name => name.Securable.FullName, StringComparer.Ordinal)];
        if (AfterFind is { } next)
        {
            AfterFind = null;
            await next();
        }

        return found;
    }

    public Task SetAsync(ObjectName name, CancellationToken cancellation)
    {
        Call("set", name.Securable.ToString());
        _names[(name.Securable, name.Identity)] = name;
        return Task.CompletedTask;
    }

    public Task RemoveAsync(ObjectName name, CancellationToken cancellation)
    {
        Call("remove", name.Securable.ToString());
        _names.TryRemove((name.Securable, name.Identity), out _);
        return Task.CompletedTask;
    }

    private void Call(string what, string on)
    {
        if (Trouble?.Invoke(what) is { } trouble)
        {
            throw trouble;
        }

        _calls.Enqueue($"{what} {on}");
    }
}
