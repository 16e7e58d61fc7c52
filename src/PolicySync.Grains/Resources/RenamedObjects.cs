using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Principals;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.Resources;

/// <summary>
/// Lets what is held of an object follow it when it, or a container above it, is renamed (docs/adr/0024). Grains are named
/// by names; the ledger is about an object. A run that meets an object of which its own state holds nothing asks where it
/// lies, and takes it over: copy, write, let the other forget. Each step may be repeated, and a crash between two leaves both
/// with it, of which only the one whose object is there uses it.
/// </summary>
internal sealed partial class RenamedObjects(
    IObjectNames names, IDueStore dues, IUnityCatalog catalog, IGrainFactory grains, GrainSettings settings, TimeProvider time,
    ILogger<RenamedObjects> logger)
{
    /// <summary>Names looked at: only where an id is a time of creation do several objects share one.</summary>
    private const int MaxNames = 8;

    /// <summary>Pages of a listing in which an object is looked for.</summary>
    private const int MaxPages = 1_000;

    private static readonly JsonSerializerOptions Stored = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>
    /// The fence to begin anew with when something is held of the object under another name: that of the run, which then holds
    /// it, or of a dry run one that holds it in memory alone. Null when the name's state is the right one.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="fence">The state of the name.</param>
    /// <param name="facts">The object that has the name now.</param>
    /// <param name="current">The grants on it.</param>
    /// <param name="protected">Whose grants say nothing: the service's own and its like.</param>
    /// <param name="writeTimeout">How long a PATCH can act.</param>
    /// <param name="meter">Counts calls to Unity Catalog.</param>
    /// <param name="stopping">Ends waits.</param>
    public async Task<WriteFence?> TakeOverAsync(
        Run run, WriteFence fence, SecurableFacts facts, IReadOnlyList<Assignment> current, IReadOnlySet<string> @protected,
        TimeSpan writeTimeout, CallMeter meter, CancellationToken stopping)
    {
        if (facts.Identity is not { } identity || fence.State.Identity == identity)
        {
            return null;
        }

        var isOthers = fence.State is { Identity: not null, HoldsAnything: true };
        if (isOthers && !run.DryRun)
        {
            await SetAsideAsync(run.Securable, fence, stopping);
        }

        if (!HasUnexplained(facts, fence.State, current, @protected)
            || await FindAsync(run.Securable, identity, current, meter, stopping) is not { } found)
        {
            return isOthers && !run.DryRun ? fence : null;
        }

        var (held, from) = found;
        if (run.DryRun)
        {
            return WriteFence.InMemory(held, time, writeTimeout);
        }

        if (held.OpenIntentOf is not null)
        {
            // A PATCH of another name's run may be under way: waited out as any other's.
            run.Phase = RunPhase.Waiting;
            await Task.Delay((held.IntentLasts ?? writeTimeout) + WriteFence.Margin, time, stopping);
            run.Phase = RunPhase.Running;
        }

        await KeepAsync(run.Securable, fence, held, from, stopping);
        LogTakenOver(from.ToString(), run.Securable.ToString());
        return fence;
    }

    /// <summary>Remembers that the name's state is about the object. Nothing else waits for it.</summary>
    /// <returns>Whether it is remembered now; false when the storage did not take it.</returns>
    public async Task<bool> RememberAsync(Securable securable, string identity, CancellationToken stopping)
    {
        try
        {
            await names.SetAsync(new ObjectName(Path(securable), identity), stopping);
            return true;
        }
        catch (SyncException e)
        {
            LogNotRemembered(e, securable.ToString()); // a later run does it
            return false;
        }
    }

    /// <summary>
    /// Has the object synced under the name that it has now, when a schedule ends and it has left its name: a task that was made
    /// for the name would only find nothing. Looks where it was and, if a container above is gone too, where that is now.
    /// </summary>
    public async Task ForwardAsync(Securable securable, ResourceState held, CallMeter meter, CancellationToken stopping)
    {
        if (held is { Identity: { } identity, HoldsAnything: true })
        {
            var found = await WhereaboutsAsync(securable, identity, meter, stopping);
            await dues.AddAsync([.. found.Select(name => DueSecurable.At(name, time.GetUtcNow()))], stopping);
        }
    }

    private async Task<IReadOnlyList<Securable>> WhereaboutsAsync(
        Securable securable, string identity, CallMeter meter, CancellationToken stopping)
    {
        if (securable.Parent is not { } parent)
        {
            return await ListAsync(securable, null, identity, meter, stopping) ?? [];
        }

        if (await ListAsync(securable, parent, identity, meter, stopping) is { } here)
        {
            return here;
        }

        var found = new List<Securable>();
        if (await PeekAsync(parent, null, stopping) is { Identity: { } parentsId })
        {
            foreach (var name in await WhereaboutsAsync(parent, parentsId, meter, stopping))
            {
                found.AddRange(await ListAsync(securable, name, identity, meter, stopping) ?? []);
            }
        }

        return found;
    }

    // Null when the container is not there.
    private async Task<IReadOnlyList<Securable>?> ListAsync(
        Securable securable, Securable? parent, string identity, CallMeter meter, CancellationToken stopping)
    {
        var found = new List<Securable>();
        string? token = null;
        try
        {
            for (var pages = 0; pages < MaxPages; pages++)
            {
                var page = await catalog.ListAsync(securable.Type, parent, token, meter, stopping);
                found.AddRange(page.Items.Where(item => item.Identity == identity).Select(item => item.Securable));
                if ((token = page.NextPageToken) is null)
                {
                    break;
                }
            }
        }
        catch (SyncException e) when (e.Code == SyncErrorCode.SecurableNotFound)
        {
            return null;
        }

        return found;
    }

    // Another object has the name now. What was held of the former one may be needed under a name of its own.
    private async Task SetAsideAsync(Securable securable, WriteFence fence, CancellationToken stopping)
    {
        await names.SetAsync(
            new ObjectName(Path(securable), fence.State.Identity!, JsonSerializer.Serialize(fence.State, Stored)), stopping);
        await fence.HoldAsync(new ResourceState());
    }

    // Grants that nothing of ours explains may be ours all the same.
    private static bool HasUnexplained(
        SecurableFacts facts, ResourceState state, IReadOnlyList<Assignment> current, IReadOnlySet<string> @protected)
    {
        var ours = state.Identity is null ? state.Ledger.ForIdentity(facts.Identity).Entries
            .Select(entry => (entry.Key, entry.Privilege)).ToHashSet() : [];
        return current.Any(assignment => assignment.IsDeletedPrincipal
            || (PrincipalKey.Of(assignment.Principal) is var key && !@protected.Contains(key)
                && assignment.Privileges.Any(privilege => !ours.Contains((key, privilege)))));
    }

    private async Task<(ResourceState State, Securable From)?> FindAsync(
        Securable securable, string identity, IReadOnlyList<Assignment> current, CallMeter meter, CancellationToken stopping)
    {
        (ResourceState State, Securable From)? best = null;
        foreach (var name in (await names.FindAsync(Path(securable).Type, identity, stopping)).Take(MaxNames))
        {
            var from = Securable.Parse(securable.Type, name.Securable.FullName);
            var held = from == securable ? null : await PeekAsync(from, identity, stopping);
            held ??= name.Parked is { } parked ? JsonSerializer.Deserialize<ResourceState>(parked, Stored) : null;
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

    // Of objects that a time of creation alone tells apart, the one that has what was granted is the one that was granted it.
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
            throw new SyncException(SyncErrorCode.Unavailable, $"what is held of {securable} could not be asked for", e);
        }
    }

    // Only one object has an id of its own; a time of creation several may share.
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

        // With what is held: were the process to die before the state is written, the next run would find it here.
        var name = new ObjectName(Path(securable), held.KnownAs!, JsonSerializer.Serialize(held, Stored));
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
            LogNotForgotten(e, from.ToString()); // it harms nobody: no object has that name and this id
        }
    }

    // Functions and models of one name share a grain, so they share what is held under it.
    private static Securable Path(Securable securable) =>
        securable.Type == SecurableType.Model ? Securable.Parse(SecurableType.Function, securable.FullName) : securable;

    private IResourceGrain GrainOf(Securable securable) => grains.GetGrain<IResourceGrain>(ResourceKey.Of(settings.Instance, securable));

    [LoggerMessage(44, LogLevel.Information, "{From} is now {Securable}: what this service granted there stays its own")]
    private partial void LogTakenOver(string from, string securable);

    [LoggerMessage(45, LogLevel.Warning, "under which name {Securable} is known could not be remembered; a later sync does it")]
    private partial void LogNotRemembered(Exception exception, string securable);

    [LoggerMessage(46, LogLevel.Warning, "what is held of {Securable} under its former name was not forgotten")]
    private partial void LogNotForgotten(Exception exception, string securable);
}
