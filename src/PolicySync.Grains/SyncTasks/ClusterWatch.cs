using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace PolicySync.Grains.SyncTasks;

/// <summary>Knows which share of the open tasks this silo recovers, and notices that silos left the cluster: their tasks have no owner then.</summary>
internal sealed partial class ClusterWatch(
    IClusterMembershipService membership, ILocalSiloDetails silo, TimeProvider time, ILogger<ClusterWatch> logger)
{
    // Holds one item at most: that some silo is gone.
    private readonly Channel<bool> _losses = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>This silo's share of the open tasks, by the present membership.</summary>
    public RecoveryShare OwnShare => RecoveryShare.Of(silo.SiloAddress, membership.CurrentSnapshot.Members);

    /// <summary>Whether a loss was noticed that <see cref="TryTakeLoss"/> has not returned yet.</summary>
    public bool IsAnyLost => _losses.Reader.Count > 0;

    /// <summary>Takes the losses noticed so far; false when there are none.</summary>
    public bool TryTakeLoss() => _losses.Reader.TryRead(out _);

    /// <summary>Waits for a loss, for at most <paramref name="span"/>.</summary>
    public async Task WaitForLossAsync(TimeSpan span, CancellationToken stopping)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var lost = _losses.Reader.WaitToReadAsync(enough.Token).AsTask();
        await Task.WhenAny(lost, Task.Delay(span, time, enough.Token));
        await enough.CancelAsync();
        stopping.ThrowIfCancellationRequested();
    }

    /// <summary>Watches the membership until the process stops.</summary>
    public async Task WatchAsync(CancellationToken stopping)
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
            LogUnwatched(e);
        }
    }

    private static HashSet<SiloAddress> ActiveOf(ClusterMembershipSnapshot snapshot) =>
        [.. snapshot.Members.Values.Where(member => member.Status == SiloStatus.Active).Select(member => member.SiloAddress)];

    [LoggerMessage(32, LogLevel.Information, "{Count} silo(s) left the cluster; their open tasks are started on the remaining silos")]
    private partial void LogLost(int count);

    [LoggerMessage(33, LogLevel.Warning, "Cannot watch the cluster membership; the tasks of lost silos are found by the periodic scan, which is later")]
    private partial void LogUnwatched(Exception exception);
}
