using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Core.Workspaces;
using PolicySync.Grains.Resources;
using PolicySync.Grains.Resources.Runs;
using PolicySync.Grains.Waits;

namespace PolicySync.Grains.SyncTasks;

/// <summary>Reading what a container holds.</summary>
internal sealed partial class TaskDriver
{
    /// <summary>Pages of one listing in one go. A schema holds 10,000 tables at most, a catalog as many schemas.</summary>
    internal const int MaxPages = 10_000;

    private static readonly SecurablePage Nothing = new([], null);

    // Of the listing at work, or the last one.
    private CallMeter? _listing;

    // Page tokens of before a restart, which may be worth nothing now.
    private readonly HashSet<string> _oldTokens;

    /// <summary>
    /// One page. A listing that cannot be had is a failure of its container; a container that was dropped meanwhile
    /// holds nothing.
    /// </summary>
    /// <param name="type">What to list.</param>
    /// <param name="container">Where.</param>
    /// <param name="pageToken">From the page before; null for the first.</param>
    /// <param name="pages">Pages of this listing that were read before: one with ever new tokens would never end.</param>
    private async Task<SecurablePage> ListAsync(SecurableType type, Securable container, string? pageToken, int pages)
    {
        try
        {
            return pages >= MaxPages
                ? throw new SyncException(SyncErrorCode.Unavailable, $"databricks gave over {MaxPages} pages")
                : await ReadAsync(() => _services.Catalog.ListAsync(type, container, pageToken, Meter(), _cancellation));
        }
        catch (SyncException e) when (e.Code == SyncErrorCode.SecurableNotFound)
        {
            return Nothing;
        }
        catch (SyncException) when (pageToken is not null && _oldTokens.Contains(pageToken))
        {
            _oldTokens.Remove(pageToken);
            return await ListAsync(type, container, null, pages); // rather some of it twice than the rest not at all
        }
        catch (SyncException e)
        {
            var failure = FailureOf(container, e.Code, $"what is in {container} could not be listed: {e.Message}");
            await ComeAgainAsync([container]);
            await AmendAsync(container, failure);
            ThrowIfBroken(failure);
            return Nothing;
        }
    }

    /// <summary>Why a container cannot be walked that has no run of its own; null when it can, or only a listing can tell.</summary>
    private async Task<ResourceResult?> FindFaultAsync(Securable container)
    {
        try
        {
            await ReadAsync(() => _services.Catalog.GetAsync(container, Meter(), _cancellation));
            return null;
        }
        catch (SyncException e)
        {
            return e.Code == SyncErrorCode.SecurableNotFound ? FailureOf(container, e.Code, e.Message) : null;
        }
    }

    /// <summary>Reads, and repeats a read that failed, as a run repeats its attempts.</summary>
    private async Task<T> ReadAsync<T>(Func<Task<T>> read)
    {
        var patience = new RetryPatience(_services.Time, _services.Sync.RetryFor, _services.Sync.RetryFor);
        while (true)
        {
            _walk = Standing.Running;
            try
            {
                return await read();
            }
            catch (SyncException e) when (e.Recovery == Recovery.Retry)
            {
                if (patience.NextWait(e) is not { } wait)
                {
                    throw;
                }

                _walk = Standing.After(e);
                await PauseAsync(wait);
            }
        }
    }

    private CallMeter Meter() => _listing = new CallMeter(new CallFlow(_record.Current.Id.Value, IsBulk: true, _share));

    private ResourceResult FailureOf(Securable container, SyncErrorCode code, string message)
    {
        var now = _services.Time.GetUtcNow();
        return ResourceRunner.Failure(container, now, now, new ResultError(code, message));
    }
}
