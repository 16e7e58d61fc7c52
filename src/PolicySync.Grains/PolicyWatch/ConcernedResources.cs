using Microsoft.Extensions.Options;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Options;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Policies.Watching;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.PolicyWatch;

/// <summary>The resources that the tasks of a change name.</summary>
/// <param name="Resources">Containers by themselves or with all below, and what lies in schemas.</param>
/// <param name="Securables">How many securables can be concerned, as far as they were listed; those of whole catalogs are not counted.</param>
/// <param name="Unlisted">Types outside catalogs that could not be listed for want of rights.</param>
internal sealed record ConcernedList(IReadOnlyList<RequestedResource> Resources, int Securables, IReadOnlyList<SecurableType> Unlisted);

/// <summary>
/// Finds the managed securables that a change can concern: by their names where policies name them, else by listing. A catalog or schema is
/// listed only when something in it can be concerned.
/// </summary>
internal sealed class ConcernedResources(IUnityCatalog catalog, IOptions<SyncOptions> sync)
{
    /// <summary>More concerned objects of one schema than this are named by their schema.</summary>
    private const int MaxNamed = 1_000;

    /// <summary>In a schema with more objects than this, half of them are named by their schema too.</summary>
    private const int Many = 100;

    private readonly Managed _managed = new(sync.Value);

    /// <summary>Finds them.</summary>
    /// <exception cref="Core.Errors.SyncException">A part of the workspace cannot be listed, so that the list would not be complete.</exception>
    public async Task<ConcernedList> FindAsync(WatchedChange change, CancellationToken cancellation)
    {
        if (change.Named is { } named)
        {
            var managed = named.Where(IsManaged).OrderBy(one => one.Type.Depth()).ThenBy(one => one.FullName, StringComparer.Ordinal).ToList();
            return new ConcernedList([.. managed.Select(Alone)], managed.Count, []);
        }

        var listing = new Listing(this, change, cancellation);
        await listing.AddCatalogsAsync();
        await listing.AddOthersAsync();
        return new ConcernedList(listing.Found, listing.Count, listing.Unlisted);
    }

    private bool IsManaged(Securable one) => _managed.Covers(one)
        && (one.CatalogName is not { } top || !SecurableName.IsReservedCatalog(top))
        && (one.Type.Depth() == 1 || !SecurableName.IsReservedSchema(one.Parts[1]));

    private static RequestedResource Alone(Securable one) => RequestedResource.Of(one) with { SelfOnly = one.Type.IsContainer() };

    private sealed class Listing(ConcernedResources owner, WatchedChange change, CancellationToken cancellation)
    {
        public List<RequestedResource> Found { get; } = [];

        public int Count { get; private set; }

        public List<SecurableType> Unlisted { get; } = [];

        public async Task AddCatalogsAsync()
        {
            await foreach (var one in ListAsync(SecurableType.Catalog, null))
            {
                if (SecurableName.IsReservedCatalog(one.Name) || !owner._managed.CouldCoverBelow(one))
                {
                    continue;
                }

                if (change.Everything is not null)
                {
                    Found.Add(RequestedResource.Of(one));
                    continue;
                }

                AddAlone(one);
                if (change.ConcernsBelow(one))
                {
                    await TryAsync(one, () => AddSchemasAsync(one));
                }
            }
        }

        // What lies outside catalogs has no containers, so it is listed by its type.
        public async Task AddOthersAsync()
        {
            foreach (var type in Enum.GetValues<SecurableType>().Where(type => type.IsBesideCatalogs() && change.ConcernsAny(type)))
            {
                try
                {
                    await foreach (var one in ListAsync(type, null))
                    {
                        AddAlone(one);
                    }
                }
                catch (SyncException e) when (e.Code == SyncErrorCode.PermissionDenied)
                {
                    Unlisted.Add(type);
                }
            }
        }

        private async Task AddSchemasAsync(Securable parent)
        {
            await foreach (var one in ListAsync(SecurableType.Schema, parent))
            {
                if (SecurableName.IsReservedSchema(one.Name) || !owner._managed.CouldCoverBelow(one))
                {
                    continue;
                }

                AddAlone(one);
                if (change.ConcernsBelow(one))
                {
                    await TryAsync(one, () => AddObjectsAsync(one));
                }
            }
        }

        // A container that may not be listed is named as a whole, so that its task reports that; one that is gone has nothing in it.
        private async Task TryAsync(Securable container, Func<Task> addBelow)
        {
            try
            {
                await addBelow();
            }
            catch (SyncException e) when (e.Code == SyncErrorCode.PermissionDenied)
            {
                Found.Add(RequestedResource.Of(container));
            }
            catch (SyncException e) when (e.Code == SyncErrorCode.SecurableNotFound)
            {
                // it was deleted since it was listed
            }
        }

        private async Task AddObjectsAsync(Securable schema)
        {
            var (listed, concerned) = (0, new List<Securable>());
            foreach (var type in SecurableTypes.InSchema.Where(change.ConcernsAny))
            {
                await foreach (var one in ListAsync(type, schema))
                {
                    listed++;
                    if (owner.IsManaged(one) && change.Concerns(one))
                    {
                        concerned.Add(one);
                    }
                }
            }

            Count += concerned.Count;
            if (concerned.Count > MaxNamed || (listed > Many && concerned.Count * 2 >= listed))
            {
                Found.Add(RequestedResource.Of(schema));
            }
            else
            {
                Found.AddRange(concerned.Select(RequestedResource.Of));
            }
        }

        private void AddAlone(Securable one)
        {
            if (owner.IsManaged(one) && change.Concerns(one))
            {
                Count++;
                Found.Add(Alone(one));
            }
        }

        private IAsyncEnumerable<Securable> ListAsync(SecurableType type, Securable? parent) =>
            owner.Catalog.AllAsync(type, parent, TaskOrigins.PolicyWatch, cancellation);
    }

    private IUnityCatalog Catalog => catalog;
}
