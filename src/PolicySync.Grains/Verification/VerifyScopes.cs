using Microsoft.Extensions.Options;
using PolicySync.Core.Grants;
using PolicySync.Core.Options;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.Verification;

/// <summary>Finds the resources of a round: existing, managed catalogs and schemas that <c>Verify:Scopes</c> covers.</summary>
internal sealed class VerifyScopes(IUnityCatalog catalog, IOptions<VerifyOptions> options, IOptions<SyncOptions> sync)
{
    private readonly RoundScopes _scopes = new(sync.Value, options.Value.Scopes);

    /// <summary>Lists the resources. A catalog that is covered as a whole is listed itself, without its schemas.</summary>
    public async Task<IReadOnlyList<RequestedResource>> ResourcesAsync(CancellationToken cancellation)
    {
        var found = new List<Securable>();
        await foreach (var one in ListAsync(SecurableType.Catalog, null, cancellation))
        {
            if (!_scopes.Enters(one))
            {
                continue;
            }

            if (_scopes.CoversWhole(one))
            {
                found.Add(one);
                continue;
            }

            await foreach (var schema in ListAsync(SecurableType.Schema, one, cancellation))
            {
                if (_scopes.Covers(schema))
                {
                    found.Add(schema);
                }
            }
        }

        return [.. found.OrderBy(one => one.FullName, StringComparer.Ordinal).Select(RequestedResource.Of)];
    }

    private IAsyncEnumerable<Securable> ListAsync(SecurableType type, Securable? parent, CancellationToken cancellation) =>
        catalog.AllAsync(type, parent, TaskOrigins.Verify, cancellation);
}
