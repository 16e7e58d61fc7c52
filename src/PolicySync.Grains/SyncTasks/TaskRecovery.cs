using System.Runtime.CompilerServices;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Telemetry;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// Starts the open tasks of the store that are in this silo's share: once the process has started, whenever a silo was lost,
/// and periodically, since nothing else restarts a task whose owner died. From time to time it also starts the tasks of the other
/// shares, as a live silo may fail to care for its own. Starting a running task changes nothing.
/// </summary>
// Ten parameters, as this is where storage, cluster, admission and metrics meet; every one is used by the one loop below.
internal sealed partial class TaskRecovery(
    ITaskStore store,
    IGrainFactory grains,
    ClusterWatch cluster,
    ILocalSiloDetails silo,
    GrainSettings settings,
    TaskAdmission admission,
    GrainMetrics metrics,
    TimeProvider time,
    IHostApplicationLifetime host,
    ILogger<TaskRecovery> logger) : BackgroundService
{
    private const int AtOnce = 64;

    /// <summary>Periods between scans while known tasks wait for room: whatever a scan finds could only queue behind them.</summary>
    private const int WhileTasksWait = 6;

    /// <summary>Rows between two pauses of a scan; a page of the store.</summary>
    private const int RowsAtOnce = 1_000;

    /// <summary>
    /// A scan reads every open row of its lanes. After each page it pauses for this many times the time that the page took, so
    /// that scanning a long backlog does not take storage capacity from the tasks that shorten it.
    /// </summary>
    private const int PausePerPage = 9;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <summary>Longest wait for the start of a task. The call itself continues.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Time before the next scan after a task could not be started.</summary>
    private static readonly TimeSpan BeforeRepeating = TimeSpan.FromSeconds(1);

    private long _lastResort = time.GetTimestamp();

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await host.StartedAsync(stoppingToken); // there is no silo to call before
            _ = cluster.WatchAsync(stoppingToken);
            for (var all = true; ;)
            {
                var complete = await StartOpenTasksAsync(all, stoppingToken);
                all = await WaitForNextScanAsync(complete, stoppingToken) || (all && !complete);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the process ends
        }
    }

    /// <summary>Scans the store once.</summary>
    /// <param name="all">Starts young tasks too, and does not pause: a silo was lost, or this one has just started.</param>
    /// <param name="stopping">The process ends.</param>
    /// <returns>False when a task could not be started, or the store did not answer.</returns>
    private async Task<bool> StartOpenTasksAsync(bool all, CancellationToken stopping)
    {
        var complete = true;
        var scan = new Scan(cluster.OwnShare, all, IsLastResortDue(), time.GetUtcNow());
        try
        {
            await Parallel.ForEachAsync(
                FindTasksToStartAsync(scan, stopping),
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stopping },
                async (id, cancellation) =>
                {
                    if (!await TryStartAsync(id, cancellation))
                    {
                        complete = false;
                    }
                });
            if (!cluster.IsAnyLost || all)
            {
                metrics.RecordOpenTasks(scan.Open, scan.Oldest);
            }

            return complete;
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            LogFailed(e);
            return false;
        }
    }

    private async IAsyncEnumerable<TaskId> FindTasksToStartAsync(Scan scan, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var task in ReadAsync(scan, cancellation))
        {
            var isOwn = scan.Share.Holds(task.Id);
            if (isOwn)
            {
                scan.Count(task.Id);
            }

            var youngest = !isOwn ? (scan.IsLastResort ? scan.Start - settings.LastResortMinAge : DateTimeOffset.MinValue)
                : scan.All ? DateTimeOffset.MaxValue
                : scan.Start - settings.RecoveryMinAge;
            if (task.Id.Time <= youngest && ShouldStart(task))
            {
                yield return task.Id;
            }
        }
    }

    /// <summary>
    /// False for a task that this silo knows already, and for one beyond what it remembers: a call for each would take the time
    /// that those tasks need. A task whose share has no room joins the line without a call.
    /// </summary>
    private bool ShouldStart(OpenTask task)
    {
        if (admission.Has(task.Id) || !admission.Short.CanEnqueue(task.Share))
        {
            return false;
        }

        if (admission.Short.HasRoom(task.Share))
        {
            return true;
        }

        admission.Short.Enqueue(task.Id, task.Share, accepted: null); // whether it is short or long is found out at its turn
        return false;
    }

    // A scan after a loss does not pause, as tasks are without an owner. Any other scan ends early when a silo is lost.
    private async IAsyncEnumerable<OpenTask> ReadAsync(Scan scan, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var (rows, reading) = (0, TimeSpan.Zero);
        await using var tasks = store.OpenTasksAsync(scan.Lanes, cancellation).GetAsyncEnumerator(cancellation);
        while (scan.All || !cluster.IsAnyLost)
        {
            var since = time.GetTimestamp();
            if (!await tasks.MoveNextAsync())
            {
                yield break;
            }

            reading += time.GetElapsedTime(since);
            yield return tasks.Current;
            if (!scan.All && ++rows % RowsAtOnce == 0)
            {
                // While no task waits for room, the work waits for this scan.
                if (admission.Short.Waiting > 0)
                {
                    var pause = reading * PausePerPage;
                    await cluster.WaitForLossAsync(pause < LongestPause ? pause : LongestPause, cancellation);
                }

                reading = TimeSpan.Zero;
            }
        }
    }

    private bool IsLastResortDue()
    {
        if (time.GetElapsedTime(_lastResort) < settings.LastResortPeriod)
        {
            return false;
        }

        _lastResort = time.GetTimestamp();
        return true;
    }

    private async Task<bool> TryStartAsync(TaskId id, CancellationToken cancellation)
    {
        LocalPlacement.Request(silo);
        try
        {
            await grains.GetGrain<ISyncTaskGrain>(id.Value).StartAsync().WaitAsync(Patience, time, cancellation);
            return true;
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            LogNotStarted(e, id.ToString()); // the others are started nevertheless
            return false;
        }
    }

    /// <summary>Waits for the next scan: longer while known tasks wait in line, not at all when a silo is lost. True for a loss.</summary>
    private async Task<bool> WaitForNextScanAsync(bool complete, CancellationToken stopping)
    {
        var period = complete || settings.RecoveryPeriod < BeforeRepeating ? settings.RecoveryPeriod : BeforeRepeating;
        for (var periods = 0; periods == 0 || (periods < WhileTasksWait && complete && admission.Short.Waiting > 0); periods++)
        {
            await cluster.WaitForLossAsync(period, stopping);
            if (cluster.TryTakeLoss())
            {
                return true;
            }
        }

        return false;
    }

    [LoggerMessage(30, LogLevel.Warning, "Scan of open tasks failed; the next one tries again")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(31, LogLevel.Warning, "Could not start open task {TaskId}; the next scan tries again")]
    private partial void LogNotStarted(Exception exception, string taskId);

    /// <summary>One scan, and what it counts of the silo's own share.</summary>
    private sealed class Scan(RecoveryShare share, bool all, bool isLastResort, DateTimeOffset start)
    {
        public RecoveryShare Share => share;

        public bool All => all;

        public bool IsLastResort => isLastResort;

        public DateTimeOffset Start => start;

        public LaneRange Lanes => isLastResort ? LaneRange.All : share.Lanes;

        public long Open { get; private set; }

        public DateTimeOffset? Oldest { get; private set; }

        public void Count(TaskId id)
        {
            Open++;
            Oldest = id.Time < Oldest ? id.Time : Oldest ?? id.Time;
        }
    }
}
