using PolicySync.Adapters.Workspaces;
using PolicySync.Adapters.Workspaces.Errors;
using PolicySync.Core.Errors;

namespace PolicySync.Adapters.Principals;

/// <summary>
/// Reads one complete SCIM list. A list that changes while it is read shifts its pages, so that an entry can be missed; a
/// missed group would hide a deny on it. Inconsistent pages are therefore read again from the start. A page must state the
/// number of entries (RFC 7644, 3.4.2, requires <c>totalResults</c>), and each entry must have an id and a name: without
/// them its denials and memberships could not be applied.
/// </summary>
internal static class ScimListing
{
    /// <summary>Most entries of one list; a larger directory does not fit in memory.</summary>
    internal const int MaxEntries = 1_000_000;

    private const int PageSize = 100;
    private const int MaxTries = 3;

    public static async Task<IReadOnlyList<ScimResource>> ReadAsync(
        IScimApi api, string collection, string attributes, Func<ScimResource, string?> name, CancellationToken cancellation)
    {
        for (var tries = 0; tries < MaxTries; tries++)
        {
            if (await TryReadAsync(api, collection, attributes, name, cancellation) is { } resources)
            {
                return resources;
            }
        }

        throw new SyncException(
            SyncErrorCode.Unavailable, $"the SCIM list of {collection} changed while it was read, {MaxTries} times in a row");
    }

    private static async Task<IReadOnlyList<ScimResource>?> TryReadAsync(
        IScimApi api, string collection, string attributes, Func<ScimResource, string?> name, CancellationToken cancellation)
    {
        var byId = new Dictionary<string, ScimResource>(StringComparer.Ordinal);
        int? total = null;
        var read = 0;
        do
        {
            var page = await PageAsync(api, collection, attributes, read, cancellation);
            var resources = page.Resources ?? [];
            var now = page.TotalResults ?? throw WorkspaceErrors.Lacking($"a SCIM page of {collection}", "`totalResults`");
            if (total is { } before && before != now)
            {
                return null;
            }

            if (now > MaxEntries)
            {
                throw new SyncException(SyncErrorCode.Unavailable, $"the SCIM list of {collection} has {now} entries, more than {MaxEntries}");
            }

            total = now;
            foreach (var resource in resources)
            {
                if (resource is not { Id: { Length: > 0 } id } || string.IsNullOrEmpty(name(resource)))
                {
                    throw WorkspaceErrors.Lacking($"an entry of the SCIM list of {collection}", "an id and a name");
                }

                // A repeated entry shows that pages shifted, which may have hidden another entry.
                if (!byId.TryAdd(id, resource))
                {
                    return null;
                }
            }

            read += resources.Count;
            if (resources.Count == 0)
            {
                return read >= total ? [.. byId.Values] : null;
            }
        }
        while (read < total);

        return [.. byId.Values];
    }

    // Groups with many members make large pages, which are read in smaller parts.
    private static async Task<ScimPage> PageAsync(
        IScimApi api, string collection, string attributes, int read, CancellationToken cancellation)
    {
        for (var count = PageSize; ; count /= 10)
        {
            try
            {
                return WorkspaceErrors.Required(
                    await api.ListAsync(collection, attributes, read + 1, count, new WorkspaceCall(meter: null), cancellation));
            }
            catch (SyncException e) when (e.ServerCode == ServerCodes.AnswerTooLarge && count > 1)
            {
                // request it again
            }
        }
    }
}
