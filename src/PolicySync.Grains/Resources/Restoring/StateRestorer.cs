using Microsoft.Extensions.Logging;
using PolicySync.Core.Drift;
using PolicySync.Core.Planning;
using PolicySync.Core.Records;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Records;
using PolicySync.Grains.Resources.Drift;
using PolicySync.Grains.Resources.Renames;
using PolicySync.Grains.Resources.Writing;

namespace PolicySync.Grains.Resources.Restoring;

/// <summary>
/// Stores what an export had of a securable (docs/backup.md). What the service has itself is newer and stays; what is missing is added. Each
/// step may be repeated: what leads to a state is written before the state, so a record that was restored in part is restored again.
/// </summary>
internal sealed partial class StateRestorer(IObjectNames names, IDueStore dues, DriftNotes drift, ILogger<StateRestorer> logger)
{
    /// <summary>Why a record failed that is not stored, or perhaps is.</summary>
    public const string NotStored = "the storage or the silo did not answer in time; import again";

    public async Task<RestoreReply> RestoreAsync(RestoreRequest request, WriteFence fence, CancellationToken stopping)
    {
        if (!request.DryRun)
        {
            await fence.SettleAsync(static () => { }, stopping);
        }

        var reply = request.Kind == RecordKind.Differences
            ? await RestoreDifferencesAsync(request, fence, stopping)
            : await RestoreStateAsync(request, StoredJson.Read<ResourceState>(request.Content), fence, stopping);
        if (!request.DryRun && reply.Outcome != RestoreOutcome.Unchanged)
        {
            LogRestored(request.Kind, request.Securable.ToString(), reply.Outcome);
        }

        return reply;
    }

    private async Task<RestoreReply> RestoreDifferencesAsync(RestoreRequest request, WriteFence fence, CancellationToken stopping)
    {
        var entries = StoredJson.Read<StoredDifferences>(request.Content).Entries;
        return Reply(await drift.RestoreAsync(request.Securable, fence, entries, request.DryRun, stopping));
    }

    private async Task<RestoreReply> RestoreStateAsync(RestoreRequest request, ResourceState held, WriteFence fence, CancellationToken stopping)
    {
        var (path, known) = (RenamedObjects.Path(request.Securable), fence.State.Identity);
        if (request.Kind == RecordKind.Parked ? known != request.Identity : !Ledger.MayBeOne(known, request.Identity))
        {
            return await SetAsideAsync(request, path, held, stopping);
        }

        if (Merged(fence.State, held) is not { } after)
        {
            return Reply(false);
        }

        if (!request.DryRun)
        {
            if (after.KnownAs is { } identity && (await names.FindAsync(path.Type, identity, stopping)).All(name => name.Securable != path))
            {
                await names.SetAsync(new ObjectName(path, identity), stopping);
            }

            // Also when it has passed: it was not dealt with here.
            if (after.DueAt is { } due && due != fence.State.DueAt)
            {
                await dues.AddAsync([DueSecurable.At(request.Securable, due)], stopping);
            }

            await fence.HoldAsync(after);
        }

        return Reply(true);
    }

    // Another object has the name. Its grain finds what is set aside when it first sees the object under another name.
    private async Task<RestoreReply> SetAsideAsync(RestoreRequest request, Securable path, ResourceState held, CancellationToken stopping)
    {
        var identity = request.Identity!;
        var rows = await names.FindAsync(path.Type, identity, stopping);
        if (rows.Any(name => name.Securable == path && name.Parked is not null))
        {
            return Reply(false);
        }

        if (!request.DryRun)
        {
            held.KnownAs = identity;
            await names.SetAsync(new ObjectName(path, identity, StoredJson.Write(held)), stopping);
        }

        return request.Kind == RecordKind.Parked ? Reply(true)
            : new RestoreReply(RestoreOutcome.SetAside, "another object has this name now; the record is kept for the new name of the former one");
    }

    private static ResourceState? Merged(ResourceState current, ResourceState held)
    {
        var after = new ResourceState();
        if (!current.MustBeKept)
        {
            if (!held.MustBeKept)
            {
                return null;
            }

            after.Hold(held);
            after.KnownAs ??= current.KnownAs;
            return after;
        }

        after.Hold(current);
        after.Ledger = current.Ledger.WithMissing(held.Ledger);
        after.GuardFunctions = [.. current.GuardFunctions, .. held.GuardFunctions.Where(made => current.GuardFunctions.All(own => own.FullName != made.FullName))];
        after.KnownAs ??= held.KnownAs;
        after.DueAt ??= held.DueAt;
        return ReferenceEquals(after.Ledger, current.Ledger) && after.GuardFunctions.Count == current.GuardFunctions.Count && after.DueAt == current.DueAt ? null : after;
    }

    private static RestoreReply Reply(bool restored) => new(restored ? RestoreOutcome.Restored : RestoreOutcome.Unchanged, null);

    [LoggerMessage(88, LogLevel.Debug, "{Kind} of {Securable} from an export: {Outcome}")]
    private partial void LogRestored(RecordKind kind, string securable, RestoreOutcome outcome);
}
