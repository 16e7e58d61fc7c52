using Microsoft.Extensions.Logging;
using PolicySync.Core.Errors;
using PolicySync.Core.NewObjects;
using PolicySync.Core.Securables;

namespace PolicySync.Grains.Watching;

/// <summary>
/// The part of a round that finds tables that were dropped and made again, or got columns, in schemas with row filters or masks of the service.
/// </summary>
internal sealed partial class GuardedRound(WatchMemory memory, WatchParts parts, WatchLists lists, ILogger logger)
{
    private readonly List<(WatchedSchema Schema, ChangedTable Changed, ListedTable Listed)> _changed = [];

    /// <summary>Lists schemas, and returns tables that are not as they were.</summary>
    /// <param name="isCutAsync">Whether the round is to end.</param>
    /// <param name="stopping">Stops.</param>
    /// <exception cref="SyncException"><see cref="SyncErrorCode.CredentialsRefused"/>.</exception>
    public async Task<IReadOnlyList<ChangedTable>> ListAsync(Func<Task<bool>> isCutAsync, CancellationToken stopping)
    {
        if (parts.Options.GuardedSchemas == 0)
        {
            return [];
        }

        await ReadGuardsAsync(stopping);
        foreach (var schema in Due().Take(parts.Options.GuardedSchemas))
        {
            if (await isCutAsync())
            {
                break;
            }

            await ListAsync(schema, memory.Guarded[schema], stopping);
        }

        return [.. _changed.Select(one => one.Changed)];
    }

    /// <summary>Takes changed tables as known that a task names.</summary>
    public void Learn(Predicate<Securable> isNamed)
    {
        foreach (var one in _changed.Where(one => isNamed(one.Changed.Table)).GroupBy(one => one.Schema))
        {
            one.Key.Tables = one.Key.Tables!.With(one.Select(changed => changed.Listed), memory.Hasher);
            parts.Metrics.RecordRecreated(one.Count(changed => changed.Changed.IsRecreated));
        }
    }

    // Catalogs that were read longest ago first. One that takes many queries is read in some rounds only.
    private async Task ReadGuardsAsync(CancellationToken stopping)
    {
        var queries = 0;
        foreach (var (name, catalog) in memory.Catalogs.OrderBy(pair => pair.Value.GuardsDue).ToList())
        {
            if (queries >= SyncedTables.MaxQueries || catalog.GuardsDue > memory.Round)
            {
                break;
            }

            try
            {
                (catalog.Guarded, var took) = await parts.Synced.GuardedAsync(Securable.Catalog(name), stopping);
                catalog.GuardsDue = memory.Round + 1 + ((took - 1) / SyncedTables.MaxQueries);
                queries += took;
            }
            catch (SyncException e)
            {
                LogUnread(e.Message);
                break;
            }
        }
    }

    private IEnumerable<Securable> Due()
    {
        var guarded = memory.Catalogs.SelectMany(pair => pair.Value.Guarded.Select(schema => Securable.Schema(pair.Key, schema))).Where(parts.Scopes.Covers).ToHashSet();
        foreach (var gone in memory.Guarded.Keys.Where(schema => !guarded.Contains(schema)).ToList())
        {
            memory.Guarded.Remove(gone);
        }

        foreach (var schema in guarded)
        {
            memory.Guarded.TryAdd(schema, new WatchedSchema());
        }

        return memory.Guarded.OrderBy(pair => pair.Value.LastListed).ThenBy(pair => pair.Key.FullName, StringComparer.Ordinal).Select(pair => pair.Key).ToList();
    }

    private async Task ListAsync(Securable schema, WatchedSchema watched, CancellationToken stopping)
    {
        watched.LastListed = memory.Round;
        try
        {
            var listed = new List<ListedTable>();
            await foreach (var table in lists.TablesAsync(schema, stopping))
            {
                if (parts.Scopes.CoversObject(table.Table))
                {
                    listed.Add(table);
                }
            }

            var changed = KnownTables.Changed(watched.Tables, listed, memory.Hasher);
            watched.Tables = KnownTables.Learn(watched.Tables, listed, changed.Select(one => one.Table).ToHashSet(), memory.Hasher);
            _changed.AddRange(changed.Join(listed, one => one.Table, table => table.Table, (one, table) => (watched, one, table)));
        }
        catch (SyncException e) when (e.Code == SyncErrorCode.SecurableNotFound)
        {
            watched.Tables = null; // the schema was dropped
        }
        catch (SyncException e) when (e.Code != SyncErrorCode.CredentialsRefused)
        {
            LogUnlisted(schema.FullName, e.Message); // its tables stay as they are known
        }
    }

    [LoggerMessage(74, LogLevel.Warning, "Could not read which schemas have row filters or masks; those that were read before are watched: {Reason}")]
    private partial void LogUnread(string reason);

    [LoggerMessage(78, LogLevel.Warning, "Could not list the tables of schema {Schema}, which has row filters or masks; the next round tries again: {Reason}")]
    private partial void LogUnlisted(string schema, string reason);
}
