using Azure.Core;
using Azure.Core.Pipeline;

namespace PolicySync.AzureTables.Tables;

/// <summary>Counts the calls of an Orleans provider to its table, as the gate counts those of the task store.</summary>
internal sealed class CallCounter(string table) : HttpPipelineSynchronousPolicy
{
    public override void OnSendingRequest(HttpMessage message) =>
        StorageMetrics.CountCall(table, OperationOf(message.Request.Method, message.Request.Uri.Path));

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
