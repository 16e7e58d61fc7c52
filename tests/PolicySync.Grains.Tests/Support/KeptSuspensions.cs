using System.Collections.Concurrent;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Suspensions;

namespace PolicySync.Grains.Tests.Support;

/// <summary>Suspensions, outliving silos; counts reads and fails on request.</summary>
internal sealed class KeptSuspensions : ISuspensions
{
    private readonly ConcurrentDictionary<string, Suspension> _kept = new();
    private int _reads;

    /// <summary>Asked before each read; what it returns is thrown.</summary>
    public Func<Exception?>? Trouble { get; set; }

    /// <summary>Waited for after each read took its copy, before it answers.</summary>
    public Func<Task> BeforeAnswer { get; set; } = () => Task.CompletedTask;

    /// <summary>Reads so far.</summary>
    public int Reads => _reads;

    public async Task<IReadOnlyList<Suspension>> ReadAsync(CancellationToken cancellation)
    {
        Interlocked.Increment(ref _reads);
        if (Trouble?.Invoke() is { } trouble)
        {
            throw trouble;
        }

        IReadOnlyList<Suspension> read = [.. _kept.Values.OrderBy(suspension => suspension.Pattern.Key, StringComparer.Ordinal)];
        await BeforeAnswer();
        return read;
    }

    public Task SetAsync(Suspension suspension, CancellationToken cancellation)
    {
        _kept[suspension.Pattern.Key] = suspension;
        return Task.CompletedTask;
    }

    public Task<bool> RemoveAsync(NamePattern pattern, CancellationToken cancellation) => Task.FromResult(_kept.TryRemove(pattern.Key, out _));

    /// <summary>Suspends until an end.</summary>
    public void Suspend(string pattern, DateTimeOffset end, string reason = "an audit") =>
        _kept[pattern] = new Suspension(NamePattern.Parse(pattern), reason, end, "ann", end.AddDays(-1));
}
