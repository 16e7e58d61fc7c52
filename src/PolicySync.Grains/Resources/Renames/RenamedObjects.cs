using Microsoft.Extensions.Logging;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Principals;
using PolicySync.Core.Records;
using PolicySync.Core.Runs;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Resources.Queue;
using PolicySync.Grains.Resources.Writing;

namespace PolicySync.Grains.Resources.Renames;

/// <summary>
/// Moves the state of an object when it, or a container above it, is renamed (docs/adr/0024). A grain is keyed by a name, and
/// the ledger is about an object. A run that finds an object of which its own state holds nothing looks up the object's former
/// name and takes the state over: copy, write, let the former grain forget. Each step may be repeated. After a crash between
/// two of them both grains hold the state, and only the one whose object exists uses it.
/// </summary>
internal sealed partial class RenamedObjects(
    IObjectNames names, IDueStore dues, IUnityCatalog catalog, IGrainFactory grains, GrainSettings settings, TimeProvider time,
    ILogger<RenamedObjects> logger)
{
    /// <summary>Names that are looked up. Several objects share an id only where it is a time of creation.</summary>
    private const int MaxNames = 8;

    /// <summary>
    /// Takes over the state that is held under the object's former name. Returns the fence that holds it: the run's own, or for
    /// a dry run one in memory. Returns the run's own fence unchanged when no such state exists.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="fence">The state of the name.</param>
    /// <param name="inputs">The object that has the name now.</param>
    /// <param name="current">The grants on it.</param>
    /// <param name="stopping">Ends waits.</param>
    public async Task<WriteFence> TakeOverAsync(
        Run run, WriteFence fence, RunInputs inputs, IReadOnlyList<Assignment> current, CancellationToken stopping)
    {
        if (inputs.Facts.Identity is not { } identity || fence.State.Identity == identity)
        {
            return fence;
        }

        if (fence.State is { Identity: not null, HoldsAnything: true } && !run.DryRun)
        {
            await SetAsideAsync(run.Securable, fence, stopping);
        }

        if (!HasUnexplained(inputs, fence.State, current)
            || await FindAsync(run.Securable, identity, current, run.Meter!, stopping) is not { } found)
        {
            return fence;
        }

        var (held, from) = found;
        if (run.DryRun)
        {
            return fence.InMemory(held);
        }

        if (held.OpenIntentOf is not null)
        {
            // A write under the former name may be under way: waited out like any other.
            run.Phase = RunPhase.Waiting;
            await Task.Delay(fence.LastsOf(held) + WriteFence.Margin, time, stopping);
            run.Phase = RunPhase.Running;
        }

        await KeepAsync(run.Securable, fence, held, from, stopping);
        LogTakenOver(from.ToString(), run.Securable.ToString());
        return fence;
    }

    /// <summary>Records that the name's state is about the object.</summary>
    /// <returns>False when the storage failed: a later run records it.</returns>
    public async Task<bool> RememberAsync(Securable securable, string identity, CancellationToken stopping)
    {
        try
        {
            await names.SetAsync(new ObjectName(Path(securable), identity), stopping);
            return true;
        }
        catch (SyncException e)
        {
            LogNotRemembered(e, securable.ToString());
            return false;
        }
    }

    // Another object has the name now. The state of the former one is kept for its new name.
    private async Task SetAsideAsync(Securable securable, WriteFence fence, CancellationToken stopping)
    {
        await names.SetAsync(
            new ObjectName(Path(securable), fence.State.Identity!, StoredJson.Write(fence.State)), stopping);
        await fence.HoldAsync(new ResourceState());
    }

    // Grants that the state does not explain may have been made by the service under the former name.
    private static bool HasUnexplained(RunInputs inputs, ResourceState state, IReadOnlyList<Assignment> current)
    {
        var known = inputs.FindProtected();
        var ours = state.Identity is null ? state.Ledger.ForIdentity(inputs.Facts.Identity).Entries
            .Select(entry => (entry.Key, entry.Privilege)).ToHashSet() : [];
        return current.Any(assignment => assignment.IsDeletedPrincipal
            || (PrincipalKey.Of(assignment.Principal) is var key && !known.Contains(key)
                && assignment.Privileges.Any(privilege => !ours.Contains((key, privilege)))));
    }

    // A run under the former name may set the state aside between the look-up and the call to its grain, which then holds
    // nothing. By then the state is in the row, so a second look-up finds it.
    private async Task<(ResourceState State, Securable From)?> FindAsync(
        Securable securable, string identity, IReadOnlyList<Assignment> current, CallMeter meter, CancellationToken stopping)
    {
        var rows = await names.FindAsync(Path(securable).Type, identity, stopping);
        return await FindAsync(rows, securable, identity, current, meter, stopping) is { } found ? found
            : rows.Count == 0 ? null
            : await FindAsync(await names.FindAsync(Path(securable).Type, identity, stopping), securable, identity, current, meter, stopping);
    }

    private async Task<(ResourceState State, Securable From)?> FindAsync(
        IReadOnlyList<ObjectName> rows, Securable securable, string identity, IReadOnlyList<Assignment> current, CallMeter meter,
        CancellationToken stopping)
    {
        (ResourceState State, Securable From)? best = null;
        foreach (var name in rows.Take(MaxNames))
        {
            var from = Securable.Parse(securable.Type, name.Securable.FullName);
            var held = from == securable ? null : await PeekAsync(from, identity, stopping);
            held ??= name.Parked is { } parked ? StoredJson.Read<ResourceState>(parked) : null;
            if (held is { HoldsAnything: true }
                && (best is null || held.LastWrite > best.Value.State.LastWrite)
                && (HasOwnId(securable.Type) || Resembles(held, current))
                && (from == securable || !await IsStillThereAsync(from, identity, meter, stopping)))
            {
                held.KnownAs = identity;
                best = (held, from);
            }
        }

        return best;
    }

    // Objects that only a time of creation tells apart: the one that has the recorded grants is the one they were made on.
    private static bool Resembles(ResourceState held, IReadOnlyList<Assignment> current)
    {
        var standing = current.Where(assignment => !assignment.IsDeletedPrincipal)
            .SelectMany(assignment => assignment.Privileges.Select(privilege => (PrincipalKey.Of(assignment.Principal), privilege))).ToHashSet();
        return held.Ledger.Entries.Count(entry => standing.Contains((entry.Key, entry.Privilege))) * 2 > held.Ledger.Entries.Count;
    }

    private static bool HasOwnId(SecurableType type) =>
        type is not (SecurableType.Catalog or SecurableType.Model or SecurableType.ExternalLocation);

    private async Task<ResourceState?> PeekAsync(Securable securable, string? identity, CancellationToken stopping)
    {
        try
        {
            return await GrainOf(securable).PeekAsync(identity).WaitAsync(stopping);
        }
        catch (Exception e) when (GrainCalls.IsUnreachable(e, stopping))
        {
            throw new SyncException(SyncErrorCode.Unavailable, $"the grain that holds the state of {securable} could not be reached", e);
        }
    }

    // An id belongs to one object; several may share a time of creation.
    private async Task<bool> IsStillThereAsync(Securable securable, string identity, CallMeter meter, CancellationToken stopping)
    {
        try
        {
            return (await catalog.GetAsync(securable, meter, stopping)).Identity == identity;
        }
        catch (SyncException e) when (e.Code == SyncErrorCode.SecurableNotFound)
        {
            return false;
        }
    }

    private async Task KeepAsync(Securable securable, WriteFence fence, ResourceState held, Securable from, CancellationToken stopping)
    {
        foreach (var function in held.GuardFunctions.Where(_ => from.CatalogName != securable.CatalogName))
        {
            function.FullName = securable.CatalogName + function.FullName[function.FullName.IndexOf('.', StringComparison.Ordinal)..];
        }

        // Stored with the state: if the process dies before the state is written, the next run finds it here.
        var name = new ObjectName(Path(securable), held.KnownAs!, StoredJson.Write(held));
        await names.SetAsync(name, stopping);
        if (held.DueAt is { } due && due > time.GetUtcNow())
        {
            await dues.AddAsync([DueSecurable.At(securable, due)], stopping);
        }

        await fence.HoldAsync(held);
        try
        {
            await names.SetAsync(name with { Parked = null }, stopping);
            if (from != securable)
            {
                await names.RemoveAsync(new ObjectName(Path(from), held.KnownAs!), stopping);
                await GrainOf(from).ForgetAsync(held.KnownAs!).WaitAsync(stopping);
                if (held.DueAt is { } former)
                {
                    await dues.RemoveAsync([DueSecurable.At(from, former)], stopping);
                }
            }
        }
        catch (Exception e) when (e is SyncException || GrainCalls.IsUnreachable(e, stopping))
        {
            LogNotForgotten(e, from.ToString()); // harmless: no object has that name and this id
        }
    }

    /// <summary>The securable by which states are stored: functions and models of one name share a grain, so they share its state.</summary>
    public static Securable Path(Securable securable) =>
        securable.Type == SecurableType.Model ? Securable.Parse(SecurableType.Function, securable.FullName) : securable;

    private IResourceGrain GrainOf(Securable securable) => grains.GetGrain<IResourceGrain>(ResourceKey.Of(settings.Instance, securable));

    [LoggerMessage(44, LogLevel.Information, "{From} was renamed to {Securable}: moved its recorded grants")]
    private partial void LogTakenOver(string from, string securable);

    [LoggerMessage(45, LogLevel.Warning, "Could not record the name of {Securable}; a later sync will record it")]
    private partial void LogNotRemembered(Exception exception, string securable);

    [LoggerMessage(46, LogLevel.Warning, "Could not delete the state of {Securable} under its former name")]
    private partial void LogNotForgotten(Exception exception, string securable);
}
