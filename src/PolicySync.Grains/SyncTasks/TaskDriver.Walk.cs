using PolicySync.Core.Errors;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Resources;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// Walks a container: its own run, then its contents page by page, then the revocation of USE. A self-only sync leaves the contents out. One page is in memory at a time, so
/// memory does not grow with the container. A container has one result, into which later findings are merged.
/// </summary>
internal sealed partial class TaskDriver
{
    // Results of the containers that the walk is in, two at most. After a restart they are read from the store.
    private readonly Dictionary<long, ResourceResult> _open = [];

    // Whether the schema that is being walked is the last one of the target.
    private bool _isInLastSchema;

    // When schedules on these containers ended, by the numbers of their results.
    private readonly Dictionary<long, DateTimeOffset> _lapsed = [];

    private async Task WalkAsync(Securable target)
    {
        if (!Cursor.TargetOpened)
        {
            var opened = await OpenAsync(target, facts: null);
            Cursor = Cursor with { TargetOpened = true, TargetResult = opened.Number, TargetUsePending = opened.UsePending };
            ThrowIfFatal(opened.Result);
            if (!opened.HasContents)
            {
                return;
            }
        }

        if (IsWalk)
        {
            await WalkContentsAsync(target);
        }

        await CloseAsync(target, Cursor.TargetUsePending);
    }

    private async Task WalkContentsAsync(Securable target)
    {
        if (target.Type == SecurableType.Catalog)
        {
            await WalkSchemasAsync(target);
        }
        else
        {
            _isInLastSchema = true;
            await WalkSchemaAsync(target);
        }
    }

    private async Task WalkSchemasAsync(Securable catalog)
    {
        var pages = 0;
        do
        {
            var page = await ListAsync(SecurableType.Schema, catalog, Cursor.SchemaPage, pages++);
            var schemas = page.Items
                .Where(schema => !SecurableName.IsReservedSchema(schema.Securable.Name)
                    && _services.Managed.CouldCoverBelow(schema.Securable)
                    && Cursor.IsAhead(schema.Securable.Name))
                .OrderBy(schema => schema.Securable.Name, StringComparer.Ordinal).ToList();
            foreach (var schema in schemas)
            {
                _isInLastSchema = page.NextPageToken is null && schema == schemas[^1];
                await WalkListedSchemaAsync(schema);
                Cursor = Cursor with { SchemaDone = true };
            }

            Cursor = Cursor with { SchemaPage = page.NextPageToken, Schema = null, SchemaDone = false };
        }
        while (Cursor.SchemaPage is not null);
    }

    private async Task WalkListedSchemaAsync(SecurableFacts schema)
    {
        if (Cursor.Schema != schema.Securable.Name)
        {
            var opened = await OpenAsync(schema.Securable, schema);
            Cursor = Cursor.In(schema.Securable.Name, opened.Number, opened.UsePending);
            ThrowIfFatal(opened.Result);
            if (!opened.HasContents)
            {
                return;
            }
        }

        await WalkSchemaAsync(schema.Securable);
        await CloseAsync(schema.Securable, Cursor.SchemaUsePending);
    }

    private async Task WalkSchemaAsync(Securable schema)
    {
        for (; Cursor.Kind < SecurableTypes.InSchema.Count; Cursor = Cursor with { Kind = Cursor.Kind + 1 })
        {
            var pages = 0;
            while (!await WalkPageAsync(schema, SecurableTypes.InSchema[Cursor.Kind], pages) || Cursor.Page is not null)
            {
                pages++; // another page, or the rest of this one
            }
        }
    }

    /// <summary>Walks one page. False when the walk gave its place back meanwhile; the rest of the page is listed again.</summary>
    private async Task<bool> WalkPageAsync(Securable schema, SecurableType type, int pages)
    {
        _place = await EnterAsync();
        try
        {
            return await WalkListedAsync(schema, type, pages);
        }
        finally
        {
            _place?.Dispose();
            _place = null;
        }
    }

    private async Task<bool> WalkListedAsync(Securable schema, SecurableType type, int pages)
    {
        var page = await ListAsync(type, schema, Cursor.Page, pages);
        var items = page.Items.Where(item => _services.Managed.Covers(item.Securable))
            .OrderBy(item => item.Securable.FullName, StringComparer.Ordinal)
            .Where(item => string.CompareOrdinal(item.Securable.FullName, Cursor.After) > 0).ToList();
        var isLast = _isInLastSchema && page.NextPageToken is null && Cursor.Kind == SecurableTypes.InSchema.Count - 1;
        _discovery.Listed(_record.Current.Progress, items.Count, isLast, Cursor);
        foreach (var chunk in items.Chunk(TaskRecorder.MaxUnsaved))
        {
            await WaitInPlaceAsync(RunChunkAsync(
                [.. chunk.Select(facts => (Request(facts.Securable, RunScope.Full) with { Facts = facts, ParentsDone = true },
                    ResourceResult.TypeOf(facts.Securable)))],
                () => Cursor = Cursor with { After = chunk[^1].Securable.FullName }));
            if (_place is null)
            {
                _tokensBeforeRestart.UnionWith(Cursor.Page is { } token ? [token] : []); // it may have expired meanwhile
                return false;
            }
        }

        Cursor = Cursor with { Page = page.NextPageToken, After = null };
        return true;
    }

    /// <summary>Does the container's own run. There is no result when only contents of the container are managed.</summary>
    private async Task<OpenedContainer> OpenAsync(Securable container, SecurableFacts? facts)
    {
        await _record.MakeRoomAsync(1);
        if (!_services.Managed.Covers(container))
        {
            return facts is null && await FindProblemAsync(container) is { } missing
                ? new OpenedContainer(missing, await _record.AddAsync([missing]), HasContents: false, UsePending: false)
                : new OpenedContainer(null, null, HasContents: true, UsePending: false);
        }

        _discovery.Listed(_record.Current.Progress, 1, isLast: false, Cursor);
        var reply = await RunOneAsync(Request(container, RunScope.Full) with { Facts = facts, ParentsDone = facts is not null });
        var result = container == Target ? WithoutRepeatedCalls(reply.Result!) with { SelfOnly = !IsWalk } : reply.Result!;
        await RescheduleAsync([.. DueAgain(container, reply)]);
        var number = await _record.AddAsync([result]);
        _open[number] = result;
        if (reply.LapsedAt is { } lapsed)
        {
            _lapsed[number] = lapsed;
        }

        return new OpenedContainer(result, number, !IsAllThereIs(result), reply.UseRemovalsPending);
    }

    // A suspension of a container covers everything in it. But what is due in it is remembered by the run on each securable.
    private bool IsAllThereIs(ResourceResult container) =>
        container.Error?.Code == SyncErrorCode.SecurableNotFound || (container.Error?.Code == SyncErrorCode.Suspended && !IsDue);

    /// <summary>Does what follows a container's children: the second PATCH, which revokes USE.</summary>
    private async Task CloseAsync(Securable container, bool usePending)
    {
        if (usePending)
        {
            // Held in memory only. After a restart in between, the revoke limit counts these revocations.
            var lapsed = NumberOf(container) is { } opened && _lapsed.TryGetValue(opened, out var at) ? at : (DateTimeOffset?)null;
            var reply = await RunOneAsync(
                Request(container, RunScope.AfterChildren) with { ParentsDone = container != Target, LapsedAt = lapsed });
            await RescheduleAsync([.. DueAgain(container, reply)]);
            if (reply.Result is { } after && (after.Error?.Code == SyncErrorCode.Suspended || after.ChangeCount > 0 || after.PlannedCallCount > 0 || after.Status == ResourceStatus.Failed))
            {
                after = after.Error?.Code == SyncErrorCode.Suspended ? after with { Status = ResourceStatus.Failed } : after; // half is done
                await AmendAsync(container, container == Target ? WithoutRepeatedCalls(after) : after);
            }

            ThrowIfFatal(reply.Result);
        }

        if (NumberOf(container) is { } number)
        {
            _open.Remove(number);
            _lapsed.Remove(number);
        }
    }

    private long? NumberOf(Securable container) => container == Target ? Cursor.TargetResult : Cursor.SchemaResult;

    /// <summary>Merges a later result into the container's result, or adds it where there is none.</summary>
    private async Task AmendAsync(Securable container, ResourceResult later)
    {
        if (NumberOf(container) is { } known && (_open.GetValueOrDefault(known) ?? await _record.ReadAsync(known)) is { } before)
        {
            _open[known] = TaskTally.Merge(before, later);
            await _record.ReviseAsync(known, before, _open[known]);
            return;
        }

        var number = await _record.AddAsync([later]);
        _open[number] = later;
        Cursor = container == Target ? Cursor with { TargetResult = number } : Cursor with { SchemaResult = number };
    }

    private static void ThrowIfFatal(ResourceResult? result) => ThrowIfFatal(result is null ? [] : [result]);

    private sealed record OpenedContainer(ResourceResult? Result, long? Number, bool HasContents, bool UsePending);
}
