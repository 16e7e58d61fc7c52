using System.Text;

namespace UnityCatalog.Emulator.Faults;

/// <summary>A definition in force, with its counters.</summary>
internal sealed class FaultRule(FaultDefinition definition, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Random _random = new(definition.Seed);
    private readonly TokenBucket? _bucket = definition.RateLimit is { } limit ? new TokenBucket(limit, time) : null;
    private readonly string[]? _methods = definition.Method is null or "*" ? null
        : definition.Method.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private readonly byte[]? _contains = definition.Contains is { Length: > 0 } text ? Encoding.UTF8.GetBytes(text) : null;
    private TaskCompletionSource _release = NewRelease();
    private int _matched;
    private int _applied;
    private int _held;

    public FaultDefinition Definition { get; } = definition;

    public string Id => Definition.Id!;

    public FaultView View => new(Id, Definition, _matched, _applied, Volatile.Read(ref _held));

    public int Held => Volatile.Read(ref _held);

    public bool Matches(string method, string path, byte[] body) =>
        (_methods is null || _methods.Contains(method, StringComparer.OrdinalIgnoreCase))
        && (Definition.Path is null || Glob.IsMatch(path, Definition.Path))
        && (_contains is null || path.Contains(Definition.Contains!, StringComparison.Ordinal) || body.AsSpan().IndexOf(_contains) >= 0);

    /// <summary>Whether to strike this matching request.</summary>
    public bool Strike()
    {
        lock (_lock)
        {
            var position = _matched++;
            if (position < Definition.Skip
                || _applied >= (Definition.Times ?? int.MaxValue)
                || (Definition.Probability is { } probability && _random.NextDouble() >= probability)
                || (_bucket is not null && _bucket.TryTake()))
            {
                return false;
            }

            _applied++;
            return true;
        }
    }

    /// <summary>Waits for delay and hold. A disconnected sender does not end the wait; stopping the emulator does.</summary>
    public async Task WaitAsync(CancellationToken stopping)
    {
        if (Definition.DelayMs > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(Definition.DelayMs), time, stopping);
        }

        if (!Definition.Holds)
        {
            return;
        }

        var released = Volatile.Read(ref _release).Task;
        Interlocked.Increment(ref _held);
        try
        {
            var limit = Definition.HoldSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : Timeout.InfiniteTimeSpan;
            await released.WaitAsync(limit, time, stopping);
        }
        catch (TimeoutException)
        {
            // The hold is over: the request goes on as if nothing had been.
        }
        finally
        {
            Interlocked.Decrement(ref _held);
        }
    }

    /// <summary>Releases the requests held now; later requests are held again.</summary>
    public void Release() => Interlocked.Exchange(ref _release, NewRelease()).TrySetResult();

    private static TaskCompletionSource NewRelease() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
