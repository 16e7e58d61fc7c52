using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Resources;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// Walking a container: its own run, then what it holds page by page, then taking back USE. Listing pages feed the
/// window directly, so memory does not grow with the container.
/// </summary>
internal sealed partial class TaskDriver
{
    private static readonly TimeSpan FirstListBackoff = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxListBackoff = TimeSpan.FromSeconds(30);

    private async Task WalkAsync(Securable target, CancellationToken cancellation)
    {
        if (!_cursor.TargetOpened)
        {
            var (exists, usePending) = await OpenAsync(target, isTarget: true, cancellation);
            if (!exists)
            {
                return;
            }

            _cursor = _cursor with { TargetOpened = true, TargetUsePending = usePending };
        }

        if (target.Type == SecurableType.Catalog)
        {
            await WalkSchemasAsync(target, cancellation);
        }
        else
        {
            await WalkSchemaAsync(target, cancellation);
        }

        await CloseAsync(target, _cursor.TargetUsePending, cancellation);
    }

    private async Task WalkSchemasAsync(Securable catalogName, CancellationToken cancellation)
    {
        do
        {
            var page = await ListAsync(SecurableType.Schema, catalogName, _cursor.SchemaPage, cancellation);
            var schemas = page.Items.Where(schema => IsWalked(schema.Securable)).ToList();
            // A resumed walk goes on with the schema it was in; when the page no longer has it, with the page's first.
            var from = _cursor.Schema is { } open ? Math.Max(0, schemas.FindIndex(schema => schema.Securable.Name == open)) : 0;
            if (_cursor.Schema is not null && !schemas.Exists(schema => schema.Securable.Name == _cursor.Schema))
            {
                _cursor = _cursor with { Schema = null, SchemaUsePending = false, Kind = 0, Page = null, After = null };
            }

            foreach (var schema in schemas.Skip(from))
            {
                await WalkListedSchemaAsync(schema, cancellation);
            }

            _cursor = _cursor with { SchemaPage = page.NextPageToken, Schema = null };
        }
        while (_cursor.SchemaPage is not null);
    }

    private async Task WalkListedSchemaAsync(SecurableFacts schema, CancellationToken cancellation)
    {
        if (_cursor.Schema is null)
        {
            var (exists, usePending) = await OpenAsync(schema.Securable, isTarget: false, cancellation, schema);
            if (!exists)
            {
                return;
            }

            _cursor = _cursor with { Schema = schema.Securable.Name, SchemaUsePending = usePending };
        }

        await WalkSchemaAsync(schema.Securable, cancellation);
        await CloseAsync(schema.Securable, _cursor.SchemaUsePending, cancellation);
        _cursor = _cursor with { Schema = null, SchemaUsePending = false };
    }

    private async Task WalkSchemaAsync(Securable schema, CancellationToken cancellation)
    {
        for (; _cursor.Kind < SecurableTypes.InSchema.Count; _cursor = _cursor with { Kind = _cursor.Kind + 1, Page = null, After = null })
        {
            await WalkKindAsync(schema, SecurableTypes.InSchema[_cursor.Kind], cancellation);
        }

        _cursor = _cursor with { Kind = 0, Page = null, After = null };
    }

    private async Task WalkKindAsync(Securable schema, SecurableType type, CancellationToken cancellation)
    {
        do
        {
            var page = await ListAsync(type, schema, _cursor.Page, cancellation);
            var items = page.Items.Where(item => managed.Covers(item.Securable))
                .OrderBy(item => item.Securable.FullName, StringComparer.Ordinal)
                .Where(item => string.CompareOrdinal(item.Securable.FullName, _cursor.After) > 0).ToList();
            foreach (var chunk in items.Chunk(ChunkSize))
            {
                await RunChunkAsync(
                    [.. chunk.Select(facts => (Request(facts.Securable, RunScope.Full) with { Facts = facts, ParentsDone = true },
                        ResourceResult.TypeOf(facts.Securable)))],
                    () => _cursor = _cursor with { After = chunk[^1].Securable.FullName }, cancellation);
            }

            _cursor = _cursor with { Page = page.NextPageToken, After = null };
        }
        while (_cursor.Page is not null);
    }

    /// <summary>A container's own run. False when there is no such container, so that nothing below is looked for.</summary>
    private async Task<(bool Exists, bool UsePending)> OpenAsync(
        Securable container, bool isTarget, CancellationToken cancellation, SecurableFacts? facts = null)
    {
        if (!managed.Covers(container))
        {
            return (true, false); // only something below it is managed
        }

        var request = Request(container, RunScope.Full) with { Facts = facts, ParentsDone = !isTarget };
        var reply = await RunOneAsync(request, cancellation);
        await RecordAsync([reply.Result!]);
        ThrowIfBroken([reply.Result!]);
        return (reply.Result!.Error?.Code != SyncErrorCode.SecurableNotFound, reply.UseRemovalsPending);
    }

    private async Task CloseAsync(Securable container, bool usePending, CancellationToken cancellation)
    {
        if (!usePending)
        {
            return;
        }

        var reply = await RunOneAsync(Request(container, RunScope.AfterChildren) with { ParentsDone = true }, cancellation);
        if (reply.Result is { } result && (result.ChangeCount > 0 || result.Status == ResourceStatus.Failed))
        {
            // The gaps were told by the container's first run.
            await RecordAsync([result with { Message = $"after its children: {result.Message}", Gaps = [], GapCount = 0 }]);
        }

        ThrowIfBroken([reply.Result!]);
    }

    private bool IsWalked(Securable schema) => !SecurableName.IsReservedSchema(schema.Name) && managed.CouldCoverBelow(schema);

    /// <summary>One page, retried while that can help. A listing that cannot be had is a failure of its container.</summary>
    private async Task<SecurablePage> ListAsync(
        SecurableType type, Securable container, string? pageToken, CancellationToken cancellation)
    {
        var since = time.GetTimestamp();
        for (var wait = FirstListBackoff; ; wait = wait * 2 < MaxListBackoff ? wait * 2 : MaxListBackoff)
        {
            try
            {
                return await catalog.ListAsync(type, container, pageToken, new CallMeter(), cancellation);
            }
            catch (SyncException e) when (e.Code == SyncErrorCode.SecurableNotFound)
            {
                return new SecurablePage([], null); // dropped while it was walked
            }
            catch (SyncException e) when (e.Recovery == Recovery.Retry && time.GetElapsedTime(since) + wait < sync.RetryFor)
            {
                await System.Threading.Tasks.Task.Delay(e.RetryAfter ?? wait, time, cancellation);
            }
            catch (SyncException) when (pageToken is not null && _resumed)
            {
                pageToken = null; // a token of before the crash may be worth nothing now: list again from the start
            }
            catch (SyncException e)
            {
                var error = new ResultError(e.Code, $"what is in {container} could not be listed: {e.Message}");
                var now = time.GetUtcNow();
                var failure = ResourceRunner.Failure(container, now, now, error) with { Status = ResourceStatus.Failed };
                await RecordAsync([failure]);
                ThrowIfBroken([failure]);
                return new SecurablePage([], null);
            }
        }
    }
}
