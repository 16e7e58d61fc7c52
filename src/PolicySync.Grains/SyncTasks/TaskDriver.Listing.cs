using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Core.Workspaces;
using PolicySync.Grains.Resources;
using PolicySync.Grains.Resources.Runs;
using PolicySync.Grains.Waits;

namespace PolicySync.Grains.SyncTasks;

/// <summary>Lists the contents of containers.</summary>
internal sealed partial class TaskDriver
{
    /// <summary>Most pages of one listing. A schema holds at most 10,000 tables, and a catalog as many schemas.</summary>
    internal const int MaxPages = 10_000;

    private static readonly SecurablePage Empty = new([], null);

    // Measures the current listing, or the last one.
    private CallMeter? _listing;

    // Page tokens from before a restart, which may have expired.
    private readonly HashSet<string> _tokensBeforeRestart;

    /// <summary>
    /// Lists one page. A listing that fails is a failure of its container. A container that was dropped meanwhile is empty.
    /// </summary>
    /// <param name="type">What to list.</param>
    /// <param name="container">The container to list.</param>
    /// <param name="pageToken">Token from the page before; null for the first page.</param>
    /// <param name="pages">Pages read before in this listing. It bounds a listing that returns new tokens without end.</param>
    private async Task<SecurablePage> ListAsync(SecurableType type, Securable container, string? pageToken, int pages)
    {
        try
        {
            return pages >= MaxPages
                ? throw new SyncException(SyncErrorCode.Unavailable, $"databricks returned over {MaxPages} pages")
                : await ReadAsync(() => _services.Catalog.ListAsync(type, container, pageToken, Meter(), _walking));
        }
        catch (SyncException e) when (e.Code == SyncErrorCode.SecurableNotFound)
        {
            return Empty;
        }
        catch (SyncException) when (pageToken is not null && _tokensBeforeRestart.Contains(pageToken))
        {
            _tokensBeforeRestart.Remove(pageToken);
            return await ListAsync(type, container, null, pages); // listing a part twice is better than missing the rest
        }
        catch (SyncException e)
        {
            var failure = FailureOf(container, e.Code, $"the contents of {container} could not be listed: {e.Message}");
            await RescheduleAsync(AfterFailure([container]));
            await AmendAsync(container, failure);
            ThrowIfFatal(failure);
            return Empty;
        }
    }

    /// <summary>Returns why a container without a run of its own cannot be walked; null when it can, or when only a listing can tell.</summary>
    private async Task<ResourceResult?> FindProblemAsync(Securable container)
    {
        try
        {
            await ReadAsync(() => _services.Catalog.GetAsync(container, Meter(), _walking));
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
