using System.Collections.Concurrent;

namespace PolicySync.Cluster.Tests;

/// <summary>Clients that post tasks for the tables in turn, until they are stopped.</summary>
internal sealed class Load(ServiceClient client, IReadOnlyList<string> tables, int workers = 4) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<string> _acknowledged = [];
    private Task _running = Task.CompletedTask;
    private int _next = -1;

    /// <summary>Ids of acknowledged tasks.</summary>
    public IReadOnlyCollection<string> Acknowledged => _acknowledged;

    public void Start() => _running = Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(WorkAsync)));

    /// <summary>Waits until <paramref name="count"/> further tasks are acknowledged.</summary>
    public async Task UntilMoreAsync(int count)
    {
        var until = _acknowledged.Count + count;
        await Wait.ForAsync(
            () => Task.FromResult(_acknowledged.Count), now => now >= until || _running.IsFaulted, TimeSpan.FromSeconds(120),
            now => $"{now} tasks were acknowledged of {until}");
    }

    /// <summary>Stops posting. Throws if a request failed after all retries.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    public void Dispose() => _stop.Dispose();

    private async Task WorkAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var table = tables[(int)((uint)Interlocked.Increment(ref _next) % tables.Count)];
            _acknowledged.Add(await client.PostAsync(Payload.Table(table)));
            await Task.Delay(20);
        }
    }
}
