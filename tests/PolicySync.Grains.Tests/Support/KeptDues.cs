using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.Tests.Support;

/// <summary>What is due, outliving silos; counts writes and fails on request.</summary>
internal sealed class KeptDues : IDueStore
{
    private readonly ConcurrentDictionary<DueSecurable, bool> _due = new();
    private readonly ConcurrentQueue<string> _writes = new();

    /// <summary>Asked before each write with <c>add</c> or <c>remove</c>; what it returns is thrown.</summary>
    public Func<string, Exception?>? Trouble { get; set; }

    /// <summary>Waited for before anything is read.</summary>
    public Func<Task> BeforeRead { get; set; } = () => Task.CompletedTask;

    /// <summary>What is remembered, as <c>table main.a.t 12:10:01</c> with <c>#n</c> behind it for an attempt after the first.</summary>
    public IReadOnlyList<string> All => [.. _due.Keys.Select(Text).Order(StringComparer.Ordinal)];

    /// <summary>Writes so far, as <c>add table main.a.t 12:10:01</c>.</summary>
    public IReadOnlyList<string> Writes => [.. _writes];

    public void ClearWrites() => _writes.Clear();

    public Task AddAsync(IReadOnlyList<DueSecurable> due, CancellationToken cancellation)
    {
        Write("add", due);
        foreach (var item in due)
        {
            _due[item] = true;
        }

        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<DueSecurable> ReadAsync(DateTimeOffset now, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await BeforeRead().WaitAsync(cancellation);
        foreach (var item in _due.Keys.Where(item => item.Due <= now)
                     .OrderBy(item => item.Due.Ticks / TimeSpan.TicksPerMinute).ThenBy(item => item.Securable.Type.Depth()))
        {
            yield return item;
        }
    }

    public Task RemoveAsync(IReadOnlyList<DueSecurable> due, CancellationToken cancellation)
    {
        Write("remove", due);
        foreach (var item in due)
        {
            _due.TryRemove(item, out _);
        }

        return Task.CompletedTask;
    }

    private void Write(string what, IReadOnlyList<DueSecurable> due)
    {
        if (Trouble?.Invoke(what) is { } trouble)
        {
            throw trouble;
        }

        foreach (var item in due)
        {
            _writes.Enqueue($"{what} {Text(item)}");
        }
    }

    private static string Text(DueSecurable due) => $"{due.Securable} {due.Due:HH:mm:ss}{(due.Attempt > 0 ? $" #{due.Attempt}" : "")}";
}
