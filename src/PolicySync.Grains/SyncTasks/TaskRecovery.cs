using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Telemetry;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// Starts the open tasks of the store that are in this silo's share: as soon as the process has started, as soon as
/// another silo has died, and again and again: a task whose owner died has nobody else. Now and then those of the other
/// shares, too: the silo that they belong to may live and still not look after them. Starting a task that runs changes
/// nothing.
/// </summary>
internal sealed partial class TaskRecovery(
    ITaskStore store,
    IGrainFactory grains,
    IClusterMembershipService membership,
    ILocalSiloDetails silo,
    GrainSettings settings,
    TaskAdmission admission,
    GrainMetrics metrics,
    TimeProvider time,
    IHostApplicationLifetime host,
    ILogger<TaskRecovery> logger) : BackgroundService
{
    private const int AtOnce = 64;

    /// <summary>Periods between looks while known tasks wait for room: what a look finds could only wait behind them.</summary>
    private const int WhileTasksWait = 6;

    /// <summary>Rows between two pauses of a look; a page of the store.</summary>
    private const int RowsAtOnce = 1_000;

    /// <summary>
    /// A look reads every open row of its lanes. Each page is followed by a pause of so many times the time that it took, so that looking
    /// at a long backlog does not take the storage's time from what shortens it.
    /// </summary>
    private const int PausePerPage = 9;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <summary>A task whose start takes longer is left to itself: the call goes on without us.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>When a task could not be started, its new home is sought again after this.</summary>
    private static readonly TimeSpan BeforeRepeating = TimeSpan.FromSeconds(1);

    // Holds at most the news that some silo is gone.
    private readonly Channel<bool> _losses = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private long _lastResort = time.GetTimestamp();

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await StartedAsync(stoppingToken); // before, there is no silo to call
            _ = WatchAsync(stoppingToken);
            for (var all = true; ;)
            {
                var complete = await StartOpenTasksAsync(all, stoppingToken);
                all = await IsAnyLostAsync(complete, stoppingToken) || (all && !complete);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the process ends
        }
    }

    /// <summary>False when some task could not be started, or the store did not answer.</summary>
    private async Task<bool> StartOpenTasksAsync(bool all, CancellationToken stopping)
    {
        var complete = true;
        var share = RecoveryShare.Of(silo.SiloAddress, membership.CurrentSnapshot.Members);
        var isLastResort = IsLastResortDue();
        var lanes = isLastResort ? LaneRange.All : share.Lanes;
        var (open, oldest) = (0L, (DateTimeOffset?)null);
        var now = time.GetUtcNow();
        var youngest = all ? DateTimeOffset.MaxValue : now - settings.RecoveryMinAge;
        var youngestOfOthers = isLastResort ? now - settings.LastResortMinAge : DateTimeOffset.MinValue;
        try
        {
            await Parallel.ForEachAsync(
                ReadAsync(lanes, inHaste: all, stopping).Where(task => task.Id.Time <= (share.Holds(task.Id) && Count(task.Id) ? youngest : youngestOfOthers) && IsToStart(task)),
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stopping },
                async (task, cancellation) =>
                {
                    if (!await StartAsync(task.Id, cancellation))
                    {
                        complete = false;
                    }
                });
            if (!IsLossToldOf || all)
            {
                metrics.Looked(open, oldest);
            }

            return complete;
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            LogFailed(e); // the store does not answer; the next round tries again
            return false;
        }

        // Begun here already, or more than is remembered here: a call for each would take the time that they need. Where
        // its share has no room, it stands in line without a call: which of the two kinds of task it is, its turn tells.
        bool IsToStart(OpenTask task)
        {
            if (admission.Has(task.Id) || !admission.Short.Remembers(task.Share))
            {
                return false;
            }

            if (admission.Short.HasRoom(task.Share))
            {
                return true;
            }

            admission.Short.Wait(task.Id, task.Share, accepted: null);
            return false;
        }

        bool Count(TaskId id)
        {
            open++;
            oldest = id.Time < oldest ? id.Time : oldest ?? id.Time;
            return true;
        }
    }

    // After a loss there is no time for pauses: tasks have no owner. A look that is not about the loss makes way for it.
    private async IAsyncEnumerable<OpenTask> ReadAsync(LaneRange lanes, bool inHaste, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var (rows, reading) = (0, TimeSpan.Zero);
        await using var tasks = store.OpenTasksAsync(lanes, cancellation).GetAsyncEnumerator(cancellation);
        while (inHaste || !IsLossToldOf)
        {
            var since = time.GetTimestamp();
            if (!await tasks.MoveNextAsync())
            {
                yield break;
            }

            reading += time.GetElapsedTime(since);
            yield return tasks.Current;
            if (!inHaste && ++rows % RowsAtOnce == 0)
            {
                // Where nothing waits in line, the look is what the work waits for.
                if (admission.Short.Waiting > 0)
                {
                    var pause = reading * PausePerPage;
                    await ToldOfLossWithinAsync(pause < LongestPause ? pause : LongestPause, cancellation);
                }

                reading = TimeSpan.Zero;
            }
        }
    }

    private bool IsLossToldOf => _losses.Reader.Count > 0;

    private bool IsLastResortDue()
    {
        if (time.GetElapsedTime(_lastResort) < settings.LastResortPeriod)
        {
            return false;
        }

        _lastResort = time.GetTimestamp();
        return true;
    }

    private async Task<bool> StartAsync(TaskId id, CancellationToken cancellation)
    {
        Here.Ask(silo);
        try
        {
            await grains.GetGrain<ISyncTaskGrain>(id.Value).StartAsync().WaitAsync(Patience, time, cancellation);
            return true;
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            LogNotStarted(e, id.ToString()); // one that cannot be started must not keep the others from it
            return false;
        }
    }

    private async Task WatchAsync(CancellationToken stopping)
    {
        try
        {
            var known = ActiveOf(membership.CurrentSnapshot);
            await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(stopping))
            {
                var active = ActiveOf(snapshot);
                if (!known.IsSubsetOf(active))
                {
                    LogLost(known.Except(active).Count());
                    _losses.Writer.TryWrite(true);
                }

                known = active;
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // the process ends
        }
        catch (Exception e)
        {
            LogUnwatched(e); // the period finds what is lost, only later
        }
    }

    private static HashSet<SiloAddress> ActiveOf(ClusterMembershipSnapshot snapshot) =>
        [.. snapshot.Members.Values.Where(member => member.Status == SiloStatus.Active).Select(member => member.SiloAddress)];

    /// <summary>Waits until the next look: not so soon while known tasks wait in line, at once when a silo is lost.</summary>
    private async Task<bool> IsAnyLostAsync(bool complete, CancellationToken stopping)
    {
        var period = complete || settings.RecoveryPeriod < BeforeRepeating ? settings.RecoveryPeriod : BeforeRepeating;
        for (var periods = 0; periods == 0 || (periods < WhileTasksWait && complete && admission.Short.Waiting > 0); periods++)
        {
            await ToldOfLossWithinAsync(period, stopping);
            if (_losses.Reader.TryRead(out _))
            {
                return true;
            }
        }

        return false;
    }

    private async Task ToldOfLossWithinAsync(TimeSpan span, CancellationToken stopping)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var lost = _losses.Reader.WaitToReadAsync(enough.Token).AsTask();
        await Task.WhenAny(lost, Task.Delay(span, time, enough.Token));
        await enough.CancelAsync();
        stopping.ThrowIfCancellationRequested();
    }

    private async Task StartedAsync(CancellationToken cancellation)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = host.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancellation);
    }

    [LoggerMessage(30, LogLevel.Warning, "open tasks could not all be looked at")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(31, LogLevel.Warning, "open task {TaskId} could not be started; it will be tried again")]
    private partial void LogNotStarted(Exception exception, string taskId);

    [LoggerMessage(32, LogLevel.Information, "{Count} silo(s) left the cluster; their open tasks are started here and elsewhere")]
    private partial void LogLost(int count);

    [LoggerMessage(33, LogLevel.Warning, "the cluster's membership cannot be watched")]
    private partial void LogUnwatched(Exception exception);
}
