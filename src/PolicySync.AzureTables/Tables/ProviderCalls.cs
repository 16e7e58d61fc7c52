using Azure.Core;
using Azure.Core.Pipeline;

namespace PolicySync.AzureTables.Tables;

/// <summary>
/// Bounds the concurrent calls of an Orleans provider and counts them, as the gate does for the task store. Without a bound,
/// thousands of grains that read their state at once exceed the time limit of attempts: a first write that took effect is then
/// repeated, and conflicts with itself.
/// </summary>
/// <param name="table">The provider's table.</param>
/// <param name="maxConcurrentCalls">Calls in flight.</param>
/// <param name="callTimeout">Longest wait for a free slot. Then the call fails with <see cref="TimeoutException"/>.</param>
internal sealed class ProviderCalls(string table, int maxConcurrentCalls, TimeSpan callTimeout) : HttpPipelinePolicy, IDisposable
{
    private readonly SemaphoreSlim _slots = new(maxConcurrentCalls);

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        Enter(await _slots.WaitAsync(callTimeout, message.CancellationToken), message.Request);
        try
        {
            await ProcessNextAsync(message, pipeline);
        }
        finally
        {
            _slots.Release();
        }
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        Enter(_slots.Wait(callTimeout, message.CancellationToken), message.Request);
        try
        {
            ProcessNext(message, pipeline);
        }
        finally
        {
            _slots.Release();
        }
    }

    public void Dispose() => _slots.Dispose();

    private void Enter(bool hasSlot, Azure.Core.Request request)
    {
        if (!hasSlot)
        {
            throw new TimeoutException($"table storage failed: too many calls on `{table}` are in flight");
        }

        StorageMetrics.CountCall(table, OperationOf(request.Method, request.Uri.Path));
    }

    // The requests of the Table service REST API, as the client library sends them.
    private static StorageOperation OperationOf(RequestMethod method, string path) => method.Method switch
    {
        "GET" => path.Contains("PartitionKey=", StringComparison.Ordinal) ? StorageOperation.Read : StorageOperation.Query,
        "POST" when path.EndsWith("/Tables", StringComparison.Ordinal) => StorageOperation.Create,
        "POST" when path.EndsWith("/$batch", StringComparison.Ordinal) => StorageOperation.Transaction,
        "POST" => StorageOperation.Insert,
        "DELETE" => StorageOperation.Delete,
        _ => StorageOperation.Update, // PUT and PATCH
    };
}
