using System.Globalization;
using Microsoft.Extensions.Options;
using PolicySync.Core.Options;
using PolicySync.Core.Policies.Watching;
using PolicySync.Core.Reports.Index;

namespace PolicySync.Grains.PolicyWatch;

/// <summary>Decides whether a change concerns too many securables, by <see cref="PolicyWatchOptions.MaxShare"/>.</summary>
internal sealed class ChangeLimit(IAccessIndex index, IOptions<PoliciesOptions> options)
{
    private const int PageSize = 1_000;

    /// <summary>Why a change is held, for people, with the remedy; null when it is not.</summary>
    /// <param name="change">The change.</param>
    /// <param name="concerned">What it concerns.</param>
    /// <param name="version">Its version of the policies.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="Core.Errors.SyncException">The storage does not answer.</exception>
    public async Task<string?> FaultAsync(WatchedChange change, ConcernedList concerned, long version, CancellationToken cancellation)
    {
        var watch = options.Value.Watch;
        if (watch.MaxShare >= 1 || watch.AllowChange == version)
        {
            return null;
        }

        var remedy = string.Create(CultureInfo.InvariantCulture,
            $"which is more than Policies:Watch:MaxShare {watch.MaxShare}; set Policies:Watch:AllowChange to {version} if that is meant");
        if (change.Everything is { } everything)
        {
            return $"it can concern everything that is managed ({everything}), {remedy}";
        }

        var known = await CountAsync(cancellation);
        return concerned.Securables <= watch.MaxShare * known ? null
            : string.Create(CultureInfo.InvariantCulture, $"it can concern {concerned.Securables} securables, where {known} were synced before, {remedy}");
    }

    // Each securable that was synced has a row.
    private async Task<int> CountAsync(CancellationToken cancellation)
    {
        var count = await CountAsync(AccessIndexKey.OfSecurables(null), cancellation);
        string? after = null;
        do
        {
            var catalogs = await index.ReadAsync(AccessIndexKey.Catalogs, after, PageSize, cancellation);
            foreach (var catalog in catalogs)
            {
                count += await CountAsync(AccessIndexKey.OfSecurables(catalog.Securable.Name), cancellation);
            }

            after = catalogs.Count == PageSize ? catalogs[^1].Place : null;
        }
        while (after is not null);
        return count;
    }

    private async Task<int> CountAsync(string key, CancellationToken cancellation)
    {
        var (count, after) = (0, (string?)null);
        do
        {
            var rows = await index.ReadAsync(key, after, PageSize, cancellation);
            count += rows.Count;
            after = rows.Count == PageSize ? rows[^1].Place : null;
        }
        while (after is not null);
        return count;
    }
}
