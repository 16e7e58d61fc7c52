using System.Text.Json;
using Polly.Timeout;
using PolicySync.Core.Errors;

namespace PolicySync.Adapters.Workspaces.Errors;

/// <summary>Turns what goes wrong with a call into <see cref="SyncException"/>.</summary>
internal sealed class WorkspaceErrors(TimeProvider time)
{
    /// <summary>The exception for an answer; null when the answer is a success.</summary>
    public async Task<SyncException?> ForAsync(HttpResponseMessage response)
    {
        // A page in place of JSON is the login page or a proxy's: nothing of Unity Catalog has answered.
        var isPage = string.Equals(response.Content.Headers.ContentType?.MediaType, "text/html", StringComparison.OrdinalIgnoreCase);
        if (response.IsSuccessStatusCode && !isPage)
        {
            return null;
        }

        var request = response.RequestMessage!;
        var error = ErrorBody.Read((int)response.StatusCode, await response.Content.ReadAsStringAsync());
        var meaning = ErrorTable.MeaningOf(error);
        var secret = request.Headers.Authorization?.Parameter;
        var text = SafeText.Of(error.Message, secret);
        var exception = new SyncException(
            meaning.Code,
            $"databricks answered {error.Status}{(error.Code is { } word ? $" {SafeText.Of(word)}" : "")} to {Name(request)}: {text}")
        {
            RetryAfter = RetryAfter.Of(response, time) ?? error.RetryDelay,
            ServerCode = meaning.ServerCode,
            // A status of 5xx or a time-out of the server may come after the change was made. A code that says more
            // precisely what is wrong (throttled, unknown principal, ...) was given instead of making it.
            OutcomeUnknown = IsWrite(request) && meaning.Code == SyncErrorCode.Unavailable
                && (error.Status is 408 or 499 or >= 500 || response.IsSuccessStatusCode),
        };
        if (meaning.Subject is { } subject)
        {
            exception.Data[ServerCodes.Subject] = subject;
        }

        return exception;
    }

    /// <summary>The exception for a call without an answer. Cancellation and our own exceptions pass unchanged.</summary>
    public static Exception ForNoAnswer(HttpRequestMessage request, Exception e) => e switch
    {
        SyncException or OperationCanceledException => e,
        TimeoutRejectedException or TimeoutException =>
            NoAnswer(request, $"databricks did not answer {Name(request)} in time", e),
        _ => NoAnswer(request, $"no answer from databricks to {Name(request)}: {SafeText.Of(Innermost(e).Message)}", e),
    };

    /// <summary>The exception for a successful answer that is not what it should be.</summary>
    public static SyncException ForUnreadable(HttpRequestMessage request, Exception e) => new(
        SyncErrorCode.Unavailable,
        $"databricks answered {Name(request)} with something that is not the expected JSON" +
        (e is JsonException { Path: { } path } ? $", at {SafeText.Of(path)}" : ""),
        e);

    /// <summary>True for what changes something.</summary>
    public static bool IsWrite(HttpRequestMessage request) => request.Method != HttpMethod.Get;

    private static SyncException NoAnswer(HttpRequestMessage request, string message, Exception e) => new(SyncErrorCode.Unavailable, message, e)
    {
        OutcomeUnknown = IsWrite(request) && WorkspaceCall.Of(request) is not { MayHaveActed: false },
    };

    // Without the query: page tokens tell nothing to a reader.
    private static string Name(HttpRequestMessage request) => $"{request.Method} {request.RequestUri?.AbsolutePath}";

    private static Exception Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e;
}
