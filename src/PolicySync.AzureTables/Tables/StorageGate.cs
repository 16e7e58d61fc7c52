using Azure;
using Azure.Identity;
using PolicySync.Core.Errors;

namespace PolicySync.AzureTables.Tables;

/// <summary>
/// Bounds the number and duration of calls to table storage, counts them, and gives their failures one form. Answers that a
/// caller handles (not found, already exists, changed by another writer) pass as <see cref="RequestFailedException"/> and
/// never leave this assembly. Every other failure is <see cref="SyncErrorCode.Unavailable"/>.
/// </summary>
internal sealed class StorageGate(int maxConcurrentCalls, TimeSpan callTimeout, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _slots = new(maxConcurrentCalls);

    public async Task<T> CallAsync<T>(
        string table, StorageOperation operation, Func<CancellationToken, Task<T>> call, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(callTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        var sent = false;
        try
        {
            await _slots.WaitAsync(either.Token);
            try
            {
                sent = true;
                StorageMetrics.CountCall(table, operation);
                return await call(either.Token);
            }
            finally
            {
                _slots.Release();
            }
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw Unavailable(table, operation, sent, $"no answer within {callTimeout.TotalSeconds:0.#} s", e);
        }
        catch (RequestFailedException e) when (!IsAnswer(e))
        {
            throw Unavailable(table, operation, sent, e.Status == 0 ? "no connection" : $"HTTP {e.Status} {e.ErrorCode}", e);
        }
        catch (AggregateException e) when (e.InnerExceptions.All(inner => inner is RequestFailedException or OperationCanceledException))
        {
            // The client library reports failed retries this way.
            throw Unavailable(table, operation, sent, $"{e.InnerExceptions.Count} attempts failed", e);
        }
        catch (AuthenticationFailedException e)
        {
            throw Unavailable(table, operation, sent, "no credential was obtained", e);
        }
    }

    public void Dispose() => _slots.Dispose();

    // A missing table is a storage failure; it does not mean that a row does not exist.
    private static bool IsAnswer(RequestFailedException e) =>
        e.Status is 404 or 409 or 412 && !Table.IsTableMissing(e.ErrorCode) && e.ErrorCode != "TableBeingDeleted";

    // Clients see the message, so it has no address, header or key. The log has the cause as the inner exception.
    private static SyncException Unavailable(
        string table, StorageOperation operation, bool sent, string why, Exception cause) =>
        new(SyncErrorCode.Unavailable, $"table storage failed ({StorageMetrics.NameOf(operation)} on `{table}`): {why}", cause)
        {
            OutcomeUnknown = sent && operation is not (StorageOperation.Read or StorageOperation.Query),
        };
}
