namespace PolicySync.Grains;

/// <summary>
/// Runs work of a grain that may take longer than one call. The work continues between calls, in the turns of its grain; every
/// call waits for its end for a short while. There is one piece of work at a time, which all callers share. Methods that call
/// this must be interleaved, or callers would wait for each other.
/// </summary>
internal sealed class LongWork(TimeProvider time) : IDisposable
{
    /// <summary>How long a call waits: well under the shortest <c>Cluster:ResponseTimeout</c>.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _stop = new();
    private Task? _work;

    /// <summary>True while work is running, or its result was not fetched yet.</summary>
    public bool IsUnderWay => _work is not null;

    /// <summary>
    /// Starts <paramref name="work"/> unless some is running, and waits for its end. True when it still runs after
    /// <see cref="Patience"/>. An exception of the work goes to the callers that wait at its end, or else to the next one.
    /// </summary>
    public async Task<bool> RunAsync(Func<CancellationToken, Task> work)
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

    /// <summary>Stops the work, for a grain that is deactivated.</summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        await _stop.CancelAsync();
        await (_work ?? Task.CompletedTask).WaitAsync(cancellation)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    public void Dispose() => _stop.Dispose();
}
