using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.Resources.Renames;

/// <summary>The search for a renamed object, when a schedule ends that concerns it.</summary>
internal sealed partial class RenamedObjects
{
    /// <summary>Pages of a listing that are searched for an object.</summary>
    private const int MaxPages = 1_000;

    /// <summary>
    /// Schedules a sync of the object under its new name, when a schedule ends and the object has been renamed. Looks for it in
    /// its former container and, if that was renamed too, where the container is now.
    /// </summary>
    public async Task ForwardAsync(Securable securable, ResourceState held, CallMeter meter, CancellationToken stopping)
    {
        if (held is { Identity: { } identity, HoldsAnything: true })
        {
            var found = await SearchAsync(securable, identity, meter, stopping);
            await dues.AddAsync([.. found.Select(name => DueSecurable.At(name, time.GetUtcNow()))], stopping);
        }
    }

    private async Task<IReadOnlyList<Securable>> SearchAsync(
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
            foreach (var name in await SearchAsync(parent, parentsId, meter, stopping))
            {
                found.AddRange(await ListAsync(securable, name, identity, meter, stopping) ?? []);
            }
        }

        return found;
    }

    // Null when the container does not exist.
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
}
