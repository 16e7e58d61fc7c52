using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Records;
using PolicySync.Core.Securables;
using PolicySync.Core.Suspensions;
using PolicySync.Grains.Resources;
using PolicySync.Grains.Resources.Restoring;

namespace PolicySync.Grains.Records;

/// <summary>
/// Stores records of an export. Those of securables go through their grains, so that each still has one writer. Safe for concurrent use;
/// works in silos and in clients.
/// </summary>
public sealed class RecordWriter(IGrainFactory grains, ISuspensions suspensions, TimeProvider time)
{
    /// <summary>Calls of grains at once.</summary>
    private const int MaxCalls = 32;

    /// <summary>After this time no further record is started, so that the request is answered.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Stores records, or says what that would do.</summary>
    /// <param name="instance">The connector instance.</param>
    /// <param name="records">They, without faults.</param>
    /// <param name="dryRun">Store nothing.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>What became of each, in their order.</returns>
    public async Task<IReadOnlyList<RestoreReply>> WriteAsync(
        string instance, IReadOnlyList<StoredRecord> records, bool dryRun, CancellationToken cancellation)
    {
        var (replies, since) = (new RestoreReply[records.Count], time.GetTimestamp());
        var known = records.Any(record => record.Kind == RecordKind.Suspension) ? await suspensions.ReadAsync(cancellation) : [];
        for (var i = 0; i < records.Count; i++)
        {
            if (records[i].Kind == RecordKind.Suspension)
            {
                replies[i] = await SuspendAsync(records[i], known, dryRun, cancellation);
            }
        }

        await Parallel.ForEachAsync(
            Enumerable.Range(0, records.Count).Where(i => records[i].Kind != RecordKind.Suspension),
            new ParallelOptions { MaxDegreeOfParallelism = MaxCalls, CancellationToken = cancellation },
            async (i, token) => replies[i] = time.GetElapsedTime(since) < Limit ? await RestoreAsync(instance, records[i], dryRun, token) : Failed());
        return replies;
    }

    private async Task<RestoreReply> SuspendAsync(StoredRecord record, IReadOnlyList<Suspension> known, bool dryRun, CancellationToken cancellation)
    {
        var content = StoredJson.Read<StoredSuspension>(record.Content.GetRawText());
        var suspension = new Suspension(NamePattern.Parse(record.FullName), content.Reason, content.EndTime, content.CreatedBy, content.CreateTime);
        if (!suspension.IsInForce(time.GetUtcNow()))
        {
            return new RestoreReply(RestoreOutcome.Unchanged, "the suspension has ended");
        }

        if (known.Any(one => one.Pattern.Key == suspension.Pattern.Key && one.CreateTime >= suspension.CreateTime))
        {
            return new RestoreReply(RestoreOutcome.Unchanged, null);
        }

        if (!dryRun)
        {
            await suspensions.SetAsync(suspension, cancellation);
        }

        return new RestoreReply(RestoreOutcome.Restored, null);
    }

    private async Task<RestoreReply> RestoreAsync(string instance, StoredRecord record, bool dryRun, CancellationToken cancellation)
    {
        var securable = Securable.OfText($"{record.Type} {record.FullName}")!;
        var request = new RestoreRequest
        {
            Securable = securable, Kind = record.Kind, Identity = record.Identity, Content = record.Content.GetRawText(), DryRun = dryRun,
        };
        try
        {
            return await GrainCalls.AskAsync(
                () => grains.GetGrain<IResourceGrain>(ResourceKey.Of(instance, securable)).RestoreAsync(request),
                $"for {securable}", isEverywhere: false, time, cancellation);
        }
        catch (Exception) when (!cancellation.IsCancellationRequested)
        {
            return Failed(); // also of a silo of an earlier build, which does not have the call
        }
    }

    private static RestoreReply Failed() => new(RestoreOutcome.Failed, StateRestorer.NotStored);
}
