using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;
using PolicySync.AzureTables.Tables;
using PolicySync.Core.Errors;

namespace PolicySync.AzureTables.Clustering;

/// <summary>
/// The members of a cluster in Azure Table storage, in the layout of the official provider (docs/storage.md). Every
/// change of a silo also replaces the version row if nobody else did: one transaction, one winner. Storage that does
/// not answer is a <see cref="SyncException"/> with <see cref="SyncErrorCode.Unavailable"/>.
/// </summary>
internal sealed partial class AzureTableMembershipTable(
    TableStorage storage,
    IOptions<ClusterOptions> cluster,
    IOptions<AzureTableClusteringOptions> options,
    ILogger<AzureTableMembershipTable> logger) : IMembershipTable
{
    private const int PageSize = 1000;
    private const int MaxReads = 5;
    private const int MaxHeartbeatsCrossed = 5;

    private readonly Table _table = storage.ClusterTable(options.Value.TableName);
    private readonly string _clusterId = cluster.Value.ClusterId;

    public Task InitializeMembershipTable(bool tryInitTableVersion) =>
        InitializeMembershipTableAsync(tryInitTableVersion, CancellationToken.None);

    public async Task InitializeMembershipTableAsync(bool tryInitTableVersion, CancellationToken cancellationToken = default)
    {
        await _table.EnsureAsync(cancellationToken);
        if (tryInitTableVersion
            && await _table.ReadAsync(_clusterId, VersionRows.VersionKey, cancellationToken) is null
            && await TryAsync(
                [new TableTransactionAction(TableTransactionActionType.Add, VersionRows.Write(_clusterId, version: 0)), .. VersionRows.Fence(_clusterId, 0)],
                cancellationToken))
        {
            LogCreated(_clusterId);
        }
    }

    public Task<MembershipTableData> ReadRow(SiloAddress key) => ReadRowAsync(key, CancellationToken.None);

    public async Task<MembershipTableData> ReadRowAsync(SiloAddress key, CancellationToken cancellationToken = default) =>
        Data(await ReadWithVersionAsync(key, cancellationToken));

    public Task<MembershipTableData> ReadAll() => ReadAllAsync(CancellationToken.None);

    public async Task<MembershipTableData> ReadAllAsync(CancellationToken cancellationToken = default) =>
        Data(await ReadRowsAsync(cancellationToken));

    public Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion) =>
        InsertRowAsync(entry, tableVersion, CancellationToken.None);

    public Task<bool> InsertRowAsync(MembershipEntry entry, TableVersion tableVersion, CancellationToken cancellationToken = default) =>
        TryAsync(
            [new TableTransactionAction(TableTransactionActionType.Add, SiloRow.Write(_clusterId, entry)), .. NewVersion(tableVersion)],
            cancellationToken);

    public Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) =>
        UpdateRowAsync(entry, etag, tableVersion, CancellationToken.None);

    public async Task<bool> UpdateRowAsync(
        MembershipEntry entry, string etag, TableVersion tableVersion, CancellationToken cancellationToken = default)
    {
        var row = SiloRow.Write(_clusterId, entry);
        for (var attempt = 1; ; attempt++)
        {
            var replace = new TableTransactionAction(TableTransactionActionType.UpdateReplace, row, new ETag(etag));
            if (await TryAsync([replace, .. NewVersion(tableVersion)], cancellationToken))
            {
                return true;
            }

            // A heartbeat changes the row's ETag and nothing that this update was decided on (Orleans asks of a table
            // that it passes). As long as the version stands, go on with the row's new ETag, and keep the heartbeat.
            if (attempt == MaxHeartbeatsCrossed
                || await FindCrossedAsync(entry.SiloAddress, etag, tableVersion, cancellationToken) is not { } crossed)
            {
                return false;
            }

            etag = crossed.ETag.ToString();
            row[SiloRow.IAmAliveTime] = Latest(row, crossed);
        }
    }

    public Task UpdateIAmAlive(MembershipEntry entry) => UpdateIAmAliveAsync(entry, CancellationToken.None);

    public async Task UpdateIAmAliveAsync(MembershipEntry entry, CancellationToken cancellationToken = default)
    {
        try
        {
            // Nobody else writes this column, so no ETag guards it, and the version stays.
            await _table.UpdateAsync(
                SiloRow.WriteIAmAlive(_clusterId, entry), ETag.All, TableUpdateMode.Merge, cancellationToken);
        }
        catch (RequestFailedException e)
        {
            throw new SyncException(SyncErrorCode.StorageConflict, $"silo `{entry.SiloAddress}` is not in the membership table", e);
        }
    }

    public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) =>
        CleanupDefunctSiloEntriesAsync(beforeDate, CancellationToken.None);

    public async Task CleanupDefunctSiloEntriesAsync(DateTimeOffset beforeDate, CancellationToken cancellationToken = default)
    {
        var rows = await ReadRowsAsync(cancellationToken);
        await _table.DeleteManyAsync(
            [.. rows.Where(row => VersionRows.IsSilo(row)
                && row.GetString(SiloRow.Status) != nameof(SiloStatus.Active)
                && row.Timestamp < beforeDate)],
            cancellationToken);
    }

    public Task DeleteMembershipTableEntries(string clusterId) =>
        DeleteMembershipTableEntriesAsync(clusterId, CancellationToken.None);

    public async Task DeleteMembershipTableEntriesAsync(string clusterId, CancellationToken cancellationToken = default) =>
        await _table.DeleteManyAsync(
            await ListAsync(TableClient.CreateQueryFilter($"PartitionKey eq {clusterId}"), cancellationToken), cancellationToken);

    /// <summary>All rows of the cluster as they stood at one moment.</summary>
    private async Task<IReadOnlyList<TableEntity>> ReadRowsAsync(CancellationToken cancellation)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {_clusterId}");
        for (var attempt = 0; attempt < MaxReads; attempt++)
        {
            var rows = new List<TableEntity>();
            var pages = 0;
            await foreach (var page in _table.QueryPagesAsync(filter, PageSize, columns: null, cancellation))
            {
                rows.AddRange(page);
                pages++;
            }

            if (pages <= 1 || VersionRows.FencesAgree(rows))
            {
                return rows;
            }
        }

        throw new SyncException(
            SyncErrorCode.StorageConflict, $"the membership table of `{_clusterId}` changed during each of {MaxReads} reads");
    }

    // One query of one partition, so that both rows are of one moment.
    private Task<IReadOnlyList<TableEntity>> ReadWithVersionAsync(SiloAddress silo, CancellationToken cancellation) => ListAsync(
        TableClient.CreateQueryFilter(
            $"PartitionKey eq {_clusterId} and (RowKey eq {SiloRow.KeyOf(silo)} or RowKey eq {VersionRows.VersionKey})"),
        cancellation);

    private async Task<IReadOnlyList<TableEntity>> ListAsync(string filter, CancellationToken cancellation)
    {
        var rows = new List<TableEntity>();
        await foreach (var row in _table.QueryAsync(filter, PageSize, columns: null, cancellation))
        {
            rows.Add(row);
        }

        return rows;
    }

    private MembershipTableData Data(IReadOnlyList<TableEntity> rows)
    {
        var version = VersionRows.Read(rows)
            ?? throw new SyncException(SyncErrorCode.StorageConflict, $"the membership table of `{_clusterId}` has no version row");
        var members = new List<Tuple<MembershipEntry, string>>();
        foreach (var row in rows.Where(VersionRows.IsSilo))
        {
            try
            {
                members.Add(Tuple.Create(SiloRow.Read(row), row.ETag.ToString()));
            }
            catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
            {
                LogUnreadable(e, row.RowKey); // one odd row must not keep the others from being seen
            }
        }

        return new MembershipTableData(members, version);
    }

    private IEnumerable<TableTransactionAction> NewVersion(TableVersion version) =>
    [
        new(TableTransactionActionType.UpdateReplace, VersionRows.Write(_clusterId, version.Version), new ETag(version.VersionEtag)),
        .. VersionRows.Fence(_clusterId, version.Version),
    ];

    /// <summary>All or nothing; false when another writer was first.</summary>
    private async Task<bool> TryAsync(IEnumerable<TableTransactionAction> actions, CancellationToken cancellation)
    {
        try
        {
            await _table.TransactAsync(actions, cancellation);
            return true;
        }
        catch (RequestFailedException)
        {
            return false; // 409, 412 or 404: taken, changed or gone; every other failure has another type
        }
    }

    private async Task<TableEntity?> FindCrossedAsync(
        SiloAddress silo, string etag, TableVersion version, CancellationToken cancellation)
    {
        var rows = await ReadWithVersionAsync(silo, cancellation);
        return VersionRows.Read(rows)?.VersionEtag == version.VersionEtag
            ? rows.FirstOrDefault(row => VersionRows.IsSilo(row) && row.ETag.ToString() != etag)
            : null;
    }

    // The form of the times sorts as text.
    private static string? Latest(TableEntity one, TableEntity other) => new[] { one, other }
        .Select(row => row.GetString(SiloRow.IAmAliveTime)).Max(StringComparer.Ordinal);

    [LoggerMessage(60, LogLevel.Information, "membership table of cluster {ClusterId} begins")]
    private partial void LogCreated(string clusterId);

    [LoggerMessage(61, LogLevel.Error, "row {RowKey} of the membership table cannot be read and is left out")]
    private partial void LogUnreadable(Exception exception, string rowKey);
}
