using PolicySync.Adapters.Workspaces.Errors;
using PolicySync.Core.Errors;

namespace PolicySync.Adapters.Statements;

/// <summary>
/// Maps the final state of a statement to an exception. A failed statement is answered with HTTP 200, a ServiceErrorCode and
/// a message that begins with the error class (databricks-sdk-go, service/sql/model.go).
/// </summary>
internal static class StatementFailures
{
    private static readonly HashSet<string> Passing = new(StringComparer.Ordinal)
    {
        "ABORTED", "CANCELLED", "DEADLINE_EXCEEDED", "INTERNAL_ERROR", "IO_ERROR", "SERVICE_UNDER_MAINTENANCE",
        "TEMPORARILY_UNAVAILABLE", "UNKNOWN", "WORKSPACE_TEMPORARILY_UNAVAILABLE",
    };

    /// <summary>Whether the statement may still take effect.</summary>
    public static bool IsOpen(string? state) => state is "PENDING" or "RUNNING";

    /// <summary>The exception for a statement that has ended; null when it succeeded.</summary>
    public static SyncException? Of(StatusAnswer? status) => status?.State switch
    {
        // CLOSED: it succeeded and its result, which the service does not need, was deleted.
        "SUCCEEDED" or "CLOSED" => null,
        "FAILED" => Failed(status),
        "CANCELED" => new SyncException(SyncErrorCode.Unavailable, "databricks cancelled a statement that took too long"),
        var other => new SyncException(SyncErrorCode.Unavailable, $"databricks reported the unknown statement state `{SafeText.Of(other ?? "")}`")
        {
            OutcomeUnknown = true,
        },
    };

    private static SyncException Failed(StatusAnswer status)
    {
        var (code, message) = (status.Error?.ErrorCode ?? "", status.Error?.Message ?? "no reason was given");
        return new SyncException(
            code == "RESOURCE_EXHAUSTED" ? SyncErrorCode.Throttled : Passing.Contains(code) ? SyncErrorCode.Unavailable : SyncErrorCode.InvalidPlan,
            $"a statement failed: {SafeText.Of(message)}")
        {
            ServerCode = ClassOf(message) ?? code,
        };
    }

    private static string? ClassOf(string message) =>
        message.StartsWith('[') && message.IndexOf(']', StringComparison.Ordinal) is > 1 and var end ? message[1..end] : null;
}
