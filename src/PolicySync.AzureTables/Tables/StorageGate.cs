using Azure;
using Azure.Identity;
using PolicySync.Core.Errors;

namespace PolicySync.AzureTables.Tables;

/// <summary>
/// The one way to table storage: bounded in number and in time, counted, and failing in one form. Answers that a caller
/// can act on (not found, exists already, changed meanwhile) pass as <see cref="RequestFailedException"/>; they never
/// leave this assembly. Everything else is <see cref="SyncErrorCode.Unavailable"/>.
/// </summary>
internal sealed class StorageGate(int maxConcurrentCalls, TimeSpan callTimeout, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _places = new(maxConcurrentCalls);

    public async Task<T> CallAsync<T>(
        string table, StorageOperation operation, Func<CancellationToken, Task<T>> call, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(callTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        var sent = false;
        try
        {
            await _places.WaitAsync(either.Token);
            try
            {
                sent = true;
                StorageMetrics.Count(table, operation);
                return await call(either.Token);
            }
            finally
            {
                _places.Release();
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
            // How the SDK reports that every one of its retries failed.
            throw Unavailable(table, operation, sent, $"{e.InnerExceptions.Count} attempts failed", e);
        }
        catch (AuthenticationFailedException e)
        {
            throw Unavailable(table, operation, sent, "no credential could be obtained", e);
        }
    }

    public void Dispose() => _places.Dispose();

    // A missing table is a fault of the storage, not the news that a row does not exist.
    private static bool IsAnswer(RequestFailedException e) =>
        e.Status is 404 or 409 or 412 && !Table.IsTableMissing(e.ErrorCode) && e.ErrorCode != "TableBeingDeleted";

    // The cause goes to the log as the inner exception. The message is for clients: no address, no header, no key.
    private static SyncException Unavailable(
        string table, StorageOperation operation, bool sent, string why, Exception cause) =>
        new(SyncErrorCode.Unavailable, $"table storage failed ({StorageMetrics.NameOf(operation)} on `{table}`): {why}", cause)
        {
            OutcomeUnknown = sent && operation is not (StorageOperation.Read or StorageOperation.Query),
        };
}
