using System.Runtime.CompilerServices;
using PolicySync.Core.Grants;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Core.Workspaces;

namespace PolicySync.Grains;

/// <summary>Lists securables page by page for work that the service begins itself.</summary>
internal static class SecurablePages
{
    /// <summary>Reads all that a container holds of one type, or all catalogs.</summary>
    /// <param name="catalog">The workspace's Unity Catalog.</param>
    /// <param name="type">What to list.</param>
    /// <param name="parent">The container; null for what has none.</param>
    /// <param name="origin">One of <see cref="TaskOrigins"/>, from whose share the calls are made.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public static async IAsyncEnumerable<Securable> AllAsync(
        this IUnityCatalog catalog, SecurableType type, Securable? parent, string origin, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var meter = new CallMeter(new CallFlow(0, IsBulk: true, TaskShare.OfOrigin(origin)));
        string? token = null;
        do
        {
            var page = await catalog.ListAsync(type, parent, token, meter, cancellation);
            foreach (var facts in page.Items)
            {
                yield return facts.Securable;
            }

            token = page.NextPageToken;
        }
        while (token is not null);
    }
}
