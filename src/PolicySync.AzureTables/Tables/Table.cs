using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;

namespace PolicySync.AzureTables.Tables;

/// <summary>One table, created before its first use. Every call passes the gate.</summary>
internal sealed class Table(TableClient client, StorageGate gate)
{
    private volatile Task? _created;

    public string Name => client.Name;

    /// <summary>Creates the table if it does not exist. After a failure, the next call tries again.</summary>
    public Task EnsureAsync(CancellationToken cancellation)
    {
        var created = _created;
        if (created is null or { IsFaulted: true })
        {
            // All callers share this task, so it takes no caller's token. Two callers may both create the table: the second
            // is told that it exists, which is a success.
            _created = created = gate.CallAsync(
                Name, StorageOperation.Create, inner => client.CreateIfNotExistsAsync(inner), CancellationToken.None);
        }

        return created.IsCompletedSuccessfully ? Task.CompletedTask : created.WaitAsync(cancellation);
    }

    /// <summary>Reads one row; null when it does not exist.</summary>
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

            // The client library treats any 404 as a missing row. A missing table must not look like a task that does not exist.
            var raw = answer.GetRawResponse();
            return IsTableMissing(raw.Content.ToString()) ? throw new RequestFailedException(raw) : null;
        }
    }

    /// <summary>Reads all rows that match <paramref name="filter"/>, ordered by partition and row, page by page.</summary>
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

    /// <summary>Reads the same rows in pages. A page is a snapshot; between pages, other writers may change the table.</summary>
    public async IAsyncEnumerable<IReadOnlyList<TableEntity>> QueryPagesAsync(
        string? filter, int pageSize, IReadOnlyList<string>? columns, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await EnsureAsync(cancellation);
        string? continuation = null;
        do
        {
            // One query per page: each page has its own slot and deadline, however slowly the caller consumes rows.
            var from = continuation;
            var page = await gate.CallAsync(Name, StorageOperation.Query, token => FirstPageAsync(from, token), cancellation);
            StorageMetrics.RecordQuery(Name, page?.Values.Count ?? 0);
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

    /// <summary>Inserts a row. 409 when it exists.</summary>
    public Task<Response> InsertAsync(TableEntity entity, CancellationToken cancellation) =>
        WriteAsync(StorageOperation.Insert, token => client.AddEntityAsync(entity, token), cancellation);

    /// <summary>Inserts or replaces a row.</summary>
    public Task<Response> UpsertAsync(
        TableEntity entity, CancellationToken cancellation, TableUpdateMode mode = TableUpdateMode.Replace) =>
        WriteAsync(StorageOperation.Update, token => client.UpsertEntityAsync(entity, mode, token), cancellation);

    /// <summary>Replaces or merges a row that still has <paramref name="etag"/>. 412 when the ETag differs, 404 when the row is gone.</summary>
    public Task<Response> UpdateAsync(TableEntity entity, ETag etag, TableUpdateMode mode, CancellationToken cancellation) =>
        WriteAsync(StorageOperation.Update, token => client.UpdateEntityAsync(entity, etag, mode, token), cancellation);

    /// <summary>Deletes a row that still has <paramref name="etag"/>. 412 when the ETag differs; false when the row is gone.</summary>
    public async Task<bool> DeleteAsync(string partition, string row, ETag etag, CancellationToken cancellation)
    {
        // The client library returns 404 instead of throwing.
        var answer = await WriteAsync(
            StorageOperation.Delete, token => client.DeleteEntityAsync(partition, row, etag, token), cancellation);
        return answer.Status != 404;
    }

    /// <summary>Executes all of <paramref name="actions"/> or none: one partition, at most 100 rows and 4 MiB.</summary>
    public Task<Response<IReadOnlyList<Response>>> TransactAsync(
        IEnumerable<TableTransactionAction> actions, CancellationToken cancellation)
    {
        IReadOnlyCollection<TableTransactionAction> rows = [.. actions];
        StorageMetrics.RecordBatch(Name, rows.Count);
        return WriteAsync(StorageOperation.Transaction, token => client.SubmitTransactionAsync(rows, token), cancellation);
    }

    /// <summary>
    /// Deletes rows of any partitions that still have their ETags and leaves the others. Rows of a partition share
    /// transactions. Returns the number of deleted rows.
    /// </summary>
    public async Task<int> DeleteManyAsync(IReadOnlyList<TableEntity> rows, CancellationToken cancellation)
    {
        var removed = 0;
        foreach (var batch in rows.GroupBy(row => row.PartitionKey, StringComparer.Ordinal).SelectMany(part => part.Chunk(TransactionLimits.MaxRows)))
        {
            try
            {
                await TransactAsync(
                    batch.Select(row => new TableTransactionAction(TableTransactionActionType.Delete, row, row.ETag)), cancellation);
                removed += batch.Length;
            }
            catch (RequestFailedException)
            {
                removed += await DeleteSinglyAsync(batch, cancellation); // one row is gone or changed: delete the others singly
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
                // Another writer changed the row, so it stays.
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
