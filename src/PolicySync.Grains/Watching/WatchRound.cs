using Microsoft.Extensions.Logging;
using PolicySync.Core.Errors;
using PolicySync.Core.NewObjects;
using PolicySync.Core.Securables;

namespace PolicySync.Grains.Watching;

/// <summary>
/// One round: lists what exists, makes tasks for what is new or another object, and then takes it as known. What cannot be listed stays as it is
/// known. A round that callers' tasks cut short has listed at least one catalog, and the next round begins with those that were left.
/// </summary>
internal sealed partial class WatchRound(WatchMemory memory, WatchBudget budget, WatchParts parts, TimeProvider time, ILogger<WatchRound> logger)
{
    /// <summary>After this time table summaries that were refused or incomplete are tried again.</summary>
    public static readonly TimeSpan FallbackLasts = TimeSpan.FromHours(1);

    // A table that was made between two lists is in one of them only, which makes neither incomplete.
    private static readonly TimeSpan Young = TimeSpan.FromMinutes(5);

    private readonly WatchLists _lists = new(parts.Catalog, parts.Tables, budget);
    private readonly List<(WatchedCatalog Catalog, CatalogListing Listing, CatalogNews News)> _news = [];
    private bool _isCut;

    /// <summary>Has the round.</summary>
    /// <exception cref="SyncException">The catalogs could not be listed, the credential was refused, or a task could not be made.</exception>
    public async Task RunAsync(CancellationToken stopping)
    {
        memory.Round++;
        var catalogs = await CatalogsAsync(stopping);
        var isFirst = true;
        foreach (var (catalog, watched) in catalogs.OrderBy(pair => pair.Watched.LastListed).ThenBy(pair => pair.Catalog.Name, StringComparer.Ordinal))
        {
            if (await IsCutAsync(isFirst))
            {
                break;
            }

            (isFirst, watched.LastListed) = (false, memory.Round);
            await ListAsync(catalog, watched, stopping);
        }

        var guards = new GuardedRound(memory, parts, _lists, logger);
        var changed = await guards.ListAsync(() => IsCutAsync(isFirst: false), stopping);
        await NameAsync(guards, changed, stopping);
    }

    private async Task<List<(Securable Catalog, WatchedCatalog Watched)>> CatalogsAsync(CancellationToken stopping)
    {
        var listed = (await _lists.ContainersAsync(SecurableType.Catalog, null, memory.Catalogs.Keys, stopping)).Where(parts.Scopes.Enters).ToList();
        var names = listed.Select(catalog => catalog.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in memory.Catalogs.Keys.Where(name => !names.Contains(name)).ToList())
        {
            memory.Catalogs.Remove(gone, out var watched);
            parts.Metrics.RecordGone(watched!.Known?.Count ?? 0);
        }

        foreach (var name in names.Where(name => !memory.Catalogs.ContainsKey(name)))
        {
            memory.Catalogs[name] = new WatchedCatalog { IsNew = memory.HasBegun, IsToSeed = !memory.HasBegun && parts.Options.OnStart };
        }

        memory.HasBegun = true;
        return [.. listed.Select(catalog => (catalog, memory.Catalogs[catalog.Name]))];
    }

    private async Task<bool> IsCutAsync(bool isFirst)
    {
        if (!_isCut && !isFirst && await budget.AreCallersWaitingAsync())
        {
            _isCut = true;
            LogCut();
        }

        return _isCut;
    }

    private async Task ListAsync(Securable catalog, WatchedCatalog watched, CancellationToken stopping)
    {
        try
        {
            if (watched.IsToSeed)
            {
                watched.Known = await parts.Synced.RecordedAsync(catalog, memory.Hasher, stopping);
                (watched.IsNew, watched.IsToSeed) = (watched.Known is null, false);
            }

            var schemas = (await _lists.ContainersAsync(SecurableType.Schema, catalog, [.. watched.Known?.Schemas.Keys ?? []], stopping))
                .Where(parts.Scopes.Covers).ToList();
            Take(watched, await TablesAsync(catalog, watched, Begin, stopping));

            CatalogListing Begin() => new(catalog, schemas, watched.Known, watched.IsNew, parts.Scopes.CoversWhole(catalog), memory.Hasher);
        }
        catch (SyncException e) when (e.Code != SyncErrorCode.CredentialsRefused)
        {
            Fail(catalog, watched, e);
        }
    }

    private async Task<CatalogListing> TablesAsync(Securable catalog, WatchedCatalog watched, Func<CatalogListing> begin, CancellationToken stopping)
    {
        if (watched.FallbackSince is { } since && time.GetElapsedTime(since) < FallbackLasts)
        {
            return await BySchemaAsync(catalog, watched, begin(), stopping);
        }

        var listing = begin();
        try
        {
            await foreach (var name in _lists.NamesAsync(catalog, stopping))
            {
                Add(listing, name.Table, name.Kind);
            }
        }
        catch (SyncException e) when (e.Code == SyncErrorCode.PermissionDenied)
        {
            FallBack(catalog, watched, e.Message);
            return await BySchemaAsync(catalog, watched, begin(), stopping);
        }
        catch (SyncException e) when (e.Code != SyncErrorCode.CredentialsRefused)
        {
            listing.Fail();
            Fail(catalog, watched, e);
            return listing;
        }

        if (await LacksTablesAsync(watched, listing, stopping))
        {
            FallBack(catalog, watched, "they lack tables that the list of a schema has");
            return await BySchemaAsync(catalog, watched, begin(), stopping);
        }

        watched.IsFailing = false;
        if (watched.FallbackSince is not null)
        {
            watched.FallbackSince = null;
            LogComplete(catalog.Name);
        }

        return listing;
    }

    // A list that is the first of its kind, or that lacks much of what is known, is compared with the list of one schema.
    private async Task<bool> LacksTablesAsync(WatchedCatalog watched, CatalogListing listing, CancellationToken stopping)
    {
        if (!(watched.Known is null || watched.FallbackSince is not null || listing.IsDoubtful) || listing.Probe is not { } probe)
        {
            return false;
        }

        try
        {
            var now = time.GetUtcNow();
            return (await _lists.FirstTablesAsync(probe, stopping))
                .Any(table => parts.Scopes.CoversObject(table.Table) && !listing.Has(table.Table) && !(now - table.CreatedAt < Young));
        }
        catch (SyncException e) when (e.Code == SyncErrorCode.SecurableNotFound)
        {
            return false; // the schema was dropped, and so were its tables
        }
    }

    private async Task<CatalogListing> BySchemaAsync(Securable catalog, WatchedCatalog watched, CatalogListing listing, CancellationToken stopping)
    {
        var schemas = listing.Schemas.ToList();
        var (isWhole, first) = (true, schemas.Count == 0 ? 0 : watched.NextSchema % schemas.Count);
        for (var i = 0; i < schemas.Count; i++)
        {
            var schema = schemas[(first + i) % schemas.Count];
            if (await IsCutAsync(isFirst: i == 0))
            {
                listing.Fail(schema);
                isWhole = false;
                continue;
            }

            try
            {
                watched.NextSchema = first + i + 1;
                await foreach (var table in _lists.TablesAsync(schema, stopping))
                {
                    Add(listing, table.Table, table.Kind);
                }
            }
            catch (SyncException e) when (e.Code != SyncErrorCode.CredentialsRefused)
            {
                listing.Fail(schema);
                isWhole = false;
                Fail(catalog, watched, e);
            }
        }

        watched.IsFailing &= !isWhole;
        return listing;
    }

    private void Add(CatalogListing listing, Securable table, string? kind)
    {
        if (parts.Scopes.CoversObject(table))
        {
            listing.Add(table, kind);
        }
    }

    private void Take(WatchedCatalog watched, CatalogListing listing)
    {
        var news = listing.News();
        if (news.IsEmpty)
        {
            Learn(watched, listing, static _ => false);
        }
        else
        {
            _news.Add((watched, listing, news));
        }
    }

    private void Learn(WatchedCatalog watched, CatalogListing listing, Predicate<Securable> isNamed)
    {
        if (listing.Learn(isNamed) is { } known)
        {
            parts.Metrics.RecordGone(listing.Gone);
            (watched.Known, watched.IsNew) = (known, false);
        }
    }

    private async Task NameAsync(GuardedRound guards, IReadOnlyList<ChangedTable> changed, CancellationToken stopping)
    {
        var containers = _news.SelectMany(one => one.News.Containers).ToList();
        var leaves = changed.Select(one => one.Table).Concat(_news.SelectMany(one => one.News.Leaves)).ToList();
        var tasks = NewObjectTasks.Divide(containers, leaves, int.MaxValue);
        var named = new HashSet<Securable>();
        try
        {
            foreach (var resources in tasks.Take(parts.Options.MaxTasksPerRound))
            {
                stopping.ThrowIfCancellationRequested();
                var task = await parts.SubmitAsync(NewObjectTasks.Request(resources));
                named.UnionWith(resources);
                LogMade(task, resources.Count, resources[0]);
            }
        }
        finally
        {
            foreach (var (watched, listing, _) in _news)
            {
                parts.Metrics.RecordNew(listing.CountNamed(IsNamed));
                Learn(watched, listing, IsNamed);
            }

            guards.Learn(IsNamed);
        }

        if (tasks.Count > parts.Options.MaxTasksPerRound)
        {
            LogMore(parts.Options.MaxTasksPerRound);
        }

        bool IsNamed(Securable one) => NewObjectTasks.IsNamed(named, one);
    }

    private void FallBack(Securable catalog, WatchedCatalog watched, string why)
    {
        if (watched.FallbackSince is null)
        {
            LogFallback(catalog.Name, why);
        }

        watched.FallbackSince = time.GetTimestamp();
    }

    private void Fail(Securable catalog, WatchedCatalog watched, SyncException e)
    {
        if (!watched.IsFailing)
        {
            watched.IsFailing = true;
            LogFailing(catalog.Name, e.Message);
        }
    }

    [LoggerMessage(70, LogLevel.Information, "Made task {TaskId} for {Count} new or changed objects, the first is {First}")]
    private partial void LogMade(Core.Tasks.TaskId taskId, int count, Securable first);

    [LoggerMessage(71, LogLevel.Warning, "Could not list all of catalog {Catalog}; what was not listed is unknown, and the next round tries again: {Reason}")]
    private partial void LogFailing(string catalog, string reason);

    [LoggerMessage(72, LogLevel.Warning, "Cannot use table summaries of catalog {Catalog}: {Reason}. Its tables are listed by schema, a call for each schema, which makes rounds longer. Make the service's principal a metastore admin, or owner of the catalog")]
    private partial void LogFallback(string catalog, string reason);

    [LoggerMessage(73, LogLevel.Information, "Table summaries of catalog {Catalog} are complete; its tables are no longer listed by schema")]
    private partial void LogComplete(string catalog);

    [LoggerMessage(76, LogLevel.Information, "Found more new objects than {Max} tasks may name; the next round continues")]
    private partial void LogMore(int max);

    [LoggerMessage(77, LogLevel.Debug, "Ended a round of the watch early, since tasks of callers wait for the workspace; the next round continues")]
    private partial void LogCut();
}
