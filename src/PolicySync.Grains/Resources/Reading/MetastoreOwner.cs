using Microsoft.Extensions.Options;
using PolicySync.Core;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Options;

namespace PolicySync.Grains.Resources.Reading;

/// <summary>
/// The owner of the metastore, kept for <c>Principals:MaxAge</c> like all knowledge of principals. Safe for concurrent use.
/// </summary>
internal sealed class MetastoreOwner(IUnityCatalog catalog, IOptions<PrincipalsOptions> options, TimeProvider time)
{
    private readonly Lock _gate = new();
    private Task<string?> _asked = Task.FromResult<string?>(null);
    private long? _askedAt;
    private string? _known;

    /// <summary>
    /// Returns the owner as Unity Catalog spells it; null when it is not known. A request that fails does not fail the run: the
    /// last known owner is returned until the next request.
    /// </summary>
    /// <param name="meter">Counts the request, if there is one.</param>
    /// <param name="stopping">Stops waiting.</param>
    public Task<string?> GetAsync(CallMeter meter, CancellationToken stopping)
    {
        lock (_gate)
        {
            if (_askedAt is not { } at || _asked.IsFaulted || (_asked.IsCompleted && time.GetElapsedTime(at) >= options.Value.MaxAge))
            {
                _askedAt = time.GetTimestamp();
                _asked = AskAsync(meter);
            }

            return _asked.WaitAsync(stopping);
        }
    }

    // Shared by all callers, so no caller cancels it; the adapter bounds its time.
    private async Task<string?> AskAsync(CallMeter meter)
    {
        try
        {
            _known = await catalog.GetMetastoreOwnerAsync(meter, CancellationToken.None);
        }
        catch (SyncException)
        {
            // Asked again after Principals:MaxAge. Grants and guards do not depend on it.
        }

        return _known;
    }
}
