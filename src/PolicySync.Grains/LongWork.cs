namespace PolicySync.Grains;

/// <summary>
/// Work of a grain that may take longer than a call to it may. It goes on between calls, in the turns of the grain that
/// began it; whoever asks for it waits a little for its end. One at a time: who asks meanwhile waits for the same.
/// The methods that ask must be interleaved, or callers would wait for each other.
/// </summary>
internal sealed class LongWork(TimeProvider time) : IDisposable
{
    /// <summary>How long a call waits. Well under the least time that a call may take (<c>Cluster:ResponseTimeout</c>).</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _stop = new();
    private Task? _work;

    /// <summary>True while the work goes on.</summary>
    public bool IsUnderWay => _work is not null;

    /// <summary>
    /// Begins <paramref name="work"/> unless some is under way, and waits for its end. True when it goes on beyond that.
    /// What the work throws goes to whoever is waiting at its end, or asks next.
    /// </summary>
    public async Task<bool> GoOnAsync(Func<CancellationToken, Task> work)
    {
        var current = _work ??= work(_stop.Token);
        await Task.WhenAny(current, Task.Delay(Patience, time, CancellationToken.None));
        if (!current.IsCompleted)
        {
            return true;
        }

        _work = _work == current ? null : _work;
        await current;
        return false;
    }

    /// <summary>Stops the work; for a grain that leaves.</summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        await _stop.CancelAsync();
        await (_work ?? Task.CompletedTask).WaitAsync(cancellation)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    public void Dispose() => _stop.Dispose();
}
