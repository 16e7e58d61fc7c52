using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;

namespace PolicySync.Cluster.Tests;

/// <summary>
/// Clients that post tasks, each once, and keep every answer, because the answers of a service in trouble are part of its
/// contract.
/// </summary>
internal sealed class Callers(ServiceClient client, IReadOnlyList<string> tables, Func<string, Task>? onAcknowledged = null, int count = 4) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<Attempt> _attempts = [];
    private Task _running = Task.CompletedTask;
    private int _next = -1;

    public IReadOnlyCollection<Attempt> Attempts => _attempts;

    public IEnumerable<Attempt> Acknowledged => _attempts.Where(attempt => attempt.Answer.Id is not null);

    public void Start() => _running = Task.WhenAll(Enumerable.Range(0, count).Select(_ => Task.Run(WorkAsync)));

    public Task UntilAsync(Func<IReadOnlyCollection<Attempt>, bool> holds, string what, int seconds = 90) => Wait.ForAsync(
        () => Task.FromResult(_running.IsFaulted || holds(_attempts)), done => done, TimeSpan.FromSeconds(seconds),
        _ => $"{what}: {string.Join(", ", _attempts.GroupBy(attempt => attempt.Answer.Status).Select(group => $"{group.Key} {group.Count()}"))}");

    /// <summary>Waits until <paramref name="more"/> further tasks are acknowledged.</summary>
    public Task UntilMoreAsync(int more)
    {
        var until = Acknowledged.Count() + more;
        return UntilAsync(_ => Acknowledged.Count() >= until, $"{more} more tasks are not acknowledged");
    }

    /// <summary>Stops posting. Throws if a request got no HTTP answer.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    /// <summary>Asserts that each answer is an acknowledgement or a 503 with Retry-After, and arrives within about 10 s.</summary>
    public void AssertProperAnswers() => Assert.All(_attempts, attempt =>
    {
        Assert.True(attempt.Answer.Status == HttpStatusCode.Accepted
            || (attempt.Answer.Status == HttpStatusCode.ServiceUnavailable && attempt.Answer.RetryAfter > TimeSpan.Zero), $"{attempt}");
        Assert.InRange(attempt.Ended - attempt.Began, TimeSpan.Zero, TimeSpan.FromSeconds(13)); // 10 s, and a margin for a busy machine
    });

    public void Dispose() => _stop.Dispose();

    private async Task WorkAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var table = tables[(int)((uint)Interlocked.Increment(ref _next) % tables.Count)];
            var began = Clock();
            var answer = await client.TryPostAsync(Payload.Table(table));
            _attempts.Enqueue(new Attempt(began, Clock(), answer));
            if (answer.Id is { } id && onAcknowledged is not null)
            {
                await onAcknowledged(id);
            }

            await Task.Delay(20);
        }
    }

    /// <summary>The clock of <see cref="Attempt"/>.</summary>
    public static TimeSpan Clock() => Stopwatch.GetElapsedTime(0);
}

/// <summary>One POST and its answer.</summary>
internal sealed record Attempt(TimeSpan Began, TimeSpan Ended, PostAnswer Answer);
