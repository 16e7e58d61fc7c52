using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.TestingHost;
using PolicySync.Adapters.Workspaces.Budget;
using PolicySync.Core;
using PolicySync.Core.Options;
using PolicySync.Core.Workspaces;
using PolicySync.Grains.Tests.Support;

namespace PolicySync.Grains.Tests.Workspaces;

/// <summary>Three silos, each with the client's half of the budget, calling as fast as they are let.</summary>
public sealed class ClusterBudget
{
    private const double Rate = 60;
    private const int AtOnce = 6;

    private readonly ConcurrentQueue<(long At, int Silo)> _starts = [];
    private int _running;
    private int _mostRunning;

    [Fact]
    public async Task Three_silos_together_keep_to_the_budget_and_use_it_also_when_one_dies()
    {
        await using var world = await World.StartAsync(
            world =>
            {
                world.Workspace.Host = new Uri("https://workspace.example");
                world.Workspace.RequestsPerSecond = Rate;
                world.Workspace.MaxConcurrency = AtOnce;
            },
            silos: 3);
        using var stop = new CancellationTokenSource();
        using var kill = new CancellationTokenSource();
        var start = TimeProvider.System.GetTimestamp();

        // The third silo has only one caller, which calls now and then.
        var silos = world.Cluster.Silos.ToList();
        var callers = silos.Select((silo, i) => CallAsync(silo, i, callers: i == 2 ? 1 : 8, i == 1 ? kill.Token : stop.Token)).ToList();
        await World.UntilAsync(() => Since(start) > TimeSpan.FromSeconds(7), "seven seconds of calls");
        await kill.CancelAsync(); // what it held expires
        await World.UntilAsync(() => Since(start) > TimeSpan.FromSeconds(16), "the rest");
        await stop.CancelAsync();
        await Task.WhenAll(callers);

        var starts = _starts.Select(call => (Second: TimeProvider.System.GetElapsedTime(start, call.At).TotalSeconds, call.Silo)).OrderBy(call => call.Second).ToList();
        for (var first = 0; first < starts.Count; first++)
        {
            var within = starts.Skip(first).TakeWhile(call => call.Second < starts[first].Second + 10).Count();
            Assert.True(within <= (10 * Rate) + Rate, $"{within} calls within 10 s from {starts[first].Second}");
        }

        Assert.InRange(_mostRunning, 1, AtOnce);
        var between = starts.Where(call => call.Second is > 3 and < 7).ToList();
        Assert.InRange(between.Count, 0.75 * Rate * 4, (Rate * 4) + Rate);
        Assert.InRange(between.Count(call => call.Silo == 0) / (double)between.Count(call => call.Silo == 1), 0.7, 1.4);
        Assert.Contains(between, call => call.Silo == 2);
        var after = starts.Where(call => call.Second is > 14 and < 16).ToList();
        Assert.InRange(after.Count, 0.75 * Rate * 2, (Rate * 2) + Rate); // the part of the dead one, a third, is used by the others
    }

    private static TimeSpan Since(long start) => TimeProvider.System.GetElapsedTime(start);

    private async Task CallAsync(InProcessSiloHandle silo, int number, int callers, CancellationToken stopping)
    {
        using var budget = new RequestBudget(TimeProvider.System);
        using var keeper = new BudgetKeeper(
            budget, silo.ServiceProvider.GetRequiredService<IBudgetLeases>(),
            silo.ServiceProvider.GetRequiredService<IOptions<WorkspaceOptions>>(), TimeProvider.System, IdGenerator.System, NullLogger<BudgetKeeper>.Instance);
        try
        {
            await Task.WhenAll(Enumerable.Range(0, callers).Select(async _ =>
            {
                while (true)
                {
                    keeper.RecordCall(waits: false);
                    var turn = budget.TakeTurnAsync(default, isWrite: false, stopping).AsTask();
                    keeper.RecordCall(waits: true);
                    using (await turn)
                    {
                        _starts.Enqueue((TimeProvider.System.GetTimestamp(), number));
                        var now = Interlocked.Increment(ref _running);
                        InterlockedMax(now);
                        await Task.Delay(TimeSpan.FromMilliseconds(20), CancellationToken.None);
                        Interlocked.Decrement(ref _running);
                    }

                    if (number == 2)
                    {
                        await Task.Delay(TimeSpan.FromMilliseconds(300), stopping);
                    }
                }
            }));
        }
        catch (OperationCanceledException)
        {
            // asked to stop; no lease is given back
        }
    }

    private void InterlockedMax(int now)
    {
        for (var most = _mostRunning; now > most; most = _mostRunning)
        {
            Interlocked.CompareExchange(ref _mostRunning, now, most);
        }
    }
}
