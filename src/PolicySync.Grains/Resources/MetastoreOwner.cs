using Microsoft.Extensions.Options;
using PolicySync.Core;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Options;

namespace PolicySync.Grains.Resources;

/// <summary>
/// Who owns the metastore, remembered by the process as long as anything that we know of principals,
/// <c>Principals:MaxAge</c>. Safe for concurrent use.
/// </summary>
internal sealed class MetastoreOwner(IUnityCatalog catalog, IOptions<PrincipalsOptions> options, TimeProvider time)
{
    private readonly Lock _gate = new();
    private Task<string?> _asked = Task.FromResult<string?>(null);
    private long? _askedAt;
    private string? _known;

    /// <summary>
    /// The owner, as Unity Catalog spells it; null when that is not known. No failure to find it out is a reason to fail a run:
    /// what was known before holds until the next question.
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

    // Shared by all who wait: it is nobody's to cancel, and the adapter bounds it.
    private async Task<string?> AskAsync(CallMeter meter)
    {
        try
        {
            _known = await catalog.GetMetastoreOwnerAsync(meter, CancellationToken.None);
        }
        catch (SyncException)
        {
            // Asked again when this is old: grants and guards do not depend on it.
        }

        return _known;
    }
}
