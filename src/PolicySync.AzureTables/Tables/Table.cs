using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;

namespace PolicySync.AzureTables.Tables;

/// <summary>One table, made before its first use. Rows are <see cref="TableEntity"/>; every call goes through the gate.</summary>
internal sealed class Table(TableClient client, StorageGate gate)
{
    private volatile Task? _made;

    public string Name => client.Name;

    /// <summary>Makes the table when there is none. A failure is not remembered: the next call tries again.</summary>
    public Task EnsureAsync(CancellationToken cancellation)
    {
        var made = _made;
        if (made is null or { IsFaulted: true })
        {
            // Shared by all who wait, so no single caller's token may end it. Two may create at once: the second
            // hears that it exists, which is as good.
            _made = made = gate.CallAsync(
                Name, StorageOperation.Create, inner => client.CreateIfNotExistsAsync(inner), CancellationToken.None);
        }

        return made.IsCompletedSuccessfully ? Task.CompletedTask : made.WaitAsync(cancellation);
    }

    /// <summary>One row; null when there is none.</summary>
    public async Task<TableEntity?> ReadAsync(
        string partition, string row, CancellationToken cancellation, IEnumerable<string>? columns = null)
    {
        await EnsureAsync(cancellation);
        return await gate.CallAsync(Name, StorageOperation.Read, ReadAsync, cancellation);

        async Task<TableEntity?> ReadAsync(CancellationToken token)
        {
            var answer = await client.GetEntityIfExistsAsync<TableEntity>(partition, row, columns, token);
            if (answer.HasValue)
            {
                return answer.Value;
            }

            // The SDK takes any 404 for a missing row. A missing table must not look like a task that never was.
            var raw = answer.GetRawResponse();
            return IsTableMissing(raw.Content.ToString()) ? throw new RequestFailedException(raw) : null;
        }
    }

    /// <summary>All rows that <paramref name="filter"/> lets pass, in order of partition and row, read page by page.</summary>
    public async IAsyncEnumerable<TableEntity> QueryAsync(
        string? filter, int pageSize, IReadOnlyList<string>? columns, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var page in QueryPagesAsync(filter, pageSize, columns, cancellation))
        {
            foreach (var row in page)
            {
                yield return row;
            }
        }
    }

    /// <summary>The same in pages. The rows of one page are of one moment; between pages others may write.</summary>
    public async IAsyncEnumerable<IReadOnlyList<TableEntity>> QueryPagesAsync(
        string? filter, int pageSize, IReadOnlyList<string>? columns, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await EnsureAsync(cancellation);
        string? continuation = null;
        do
        {
            // One query per page: each page has a place and a deadline of its own, however slowly rows are consumed.
            var from = continuation;
            var page = await gate.CallAsync(Name, StorageOperation.Query, token => FirstPageAsync(from, token), cancellation);
            yield return page?.Values ?? [];
            continuation = page?.ContinuationToken;
        }
        while (continuation is not null);

        async Task<Page<TableEntity>?> FirstPageAsync(string? from, CancellationToken token)
        {
            var pages = client.QueryAsync<TableEntity>(filter, pageSize, columns, token).AsPages(from);
            await foreach (var page in pages.WithCancellation(token))
            {
                return page;
            }

            return null;
        }
    }

    /// <summary>A new row. 409 when it exists.</summary>
    public Task<Response> InsertAsync(TableEntity entity, CancellationToken cancellation) =>
        WriteAsync(StorageOperation.Insert, token => client.AddEntityAsync(entity, token), cancellation);

    /// <summary>A row, whether or not there was one.</summary>
    public Task<Response> UpsertAsync(
        TableEntity entity, CancellationToken cancellation, TableUpdateMode mode = TableUpdateMode.Replace) =>
        WriteAsync(StorageOperation.Update, token => client.UpsertEntityAsync(entity, mode, token), cancellation);

    /// <summary>Replaces or merges a row that still has <paramref name="etag"/>. 412 when it has another, 404 when it is gone.</summary>
    public Task<Response> UpdateAsync(TableEntity entity, ETag etag, TableUpdateMode mode, CancellationToken cancellation) =>
        WriteAsync(StorageOperation.Update, token => client.UpdateEntityAsync(entity, etag, mode, token), cancellation);

    /// <summary>Removes a row that still has <paramref name="etag"/>. 412 when it has another; false when it is gone.</summary>
    public async Task<bool> DeleteAsync(string partition, string row, ETag etag, CancellationToken cancellation)
    {
        // The SDK turns 404 into an ordinary answer.
        var answer = await WriteAsync(
            StorageOperation.Delete, token => client.DeleteEntityAsync(partition, row, etag, token), cancellation);
        return answer.Status != 404;
    }

    /// <summary>All of <paramref name="actions"/> or none: one partition, at most 100 rows and 4 MiB.</summary>
    public Task<Response<IReadOnlyList<Response>>> TransactAsync(
        IEnumerable<TableTransactionAction> actions, CancellationToken cancellation)
    {
        IReadOnlyCollection<TableTransactionAction> rows = [.. actions];
        StorageMetrics.Batch(Name, rows.Count);
        return WriteAsync(StorageOperation.Transaction, token => client.SubmitTransactionAsync(rows, token), cancellation);
    }

    /// <summary>
    /// Removes rows, of any partitions, that still have their ETags; the others stay. Many in one transaction. Returns
    /// how many went.
    /// </summary>
    public async Task<int> DeleteManyAsync(IReadOnlyList<TableEntity> rows, CancellationToken cancellation)
    {
        var removed = 0;
        foreach (var lot in rows.GroupBy(row => row.PartitionKey, StringComparer.Ordinal).SelectMany(part => part.Chunk(TransactionLimits.MaxRows)))
        {
            try
            {
                await TransactAsync(
                    lot.Select(row => new TableTransactionAction(TableTransactionActionType.Delete, row, row.ETag)), cancellation);
                removed += lot.Length;
            }
            catch (RequestFailedException)
            {
                removed += await DeleteSinglyAsync(lot, cancellation); // one of them is gone or changed: find the others
            }
        }

        return removed;
    }

    internal static bool IsTableMissing(string? errorText) =>
        errorText?.Contains("TableNotFound", StringComparison.Ordinal) is true;

    private async Task<int> DeleteSinglyAsync(TableEntity[] rows, CancellationToken cancellation)
    {
        var removed = 0;
        foreach (var row in rows)
        {
            try
            {
                removed += await DeleteAsync(row.PartitionKey, row.RowKey, row.ETag, cancellation) ? 1 : 0;
            }
            catch (RequestFailedException)
            {
                // changed meanwhile, so it stays
            }
        }

        return removed;
    }

    private async Task<T> WriteAsync<T>(
        StorageOperation operation, Func<CancellationToken, Task<T>> write, CancellationToken cancellation)
    {
        await EnsureAsync(cancellation);
        return await gate.CallAsync(Name, operation, write, cancellation);
    }
}
