using System.Text;
using System.Text.Json;
using Polly.Timeout;
using PolicySync.Core.Errors;

namespace PolicySync.Adapters.Workspaces.Errors;

/// <summary>Turns what goes wrong with a call into <see cref="SyncException"/>.</summary>
internal sealed class WorkspaceErrors(TimeProvider time)
{
    private const string PageAdvice = "PolicySync:Workspace:Host must be the address of a workspace, and no proxy may ask for a sign-in";

    /// <summary>The exception for an answer; null when the answer is a success.</summary>
    public async Task<SyncException?> ForAsync(HttpRequestMessage request, HttpResponseMessage response)
    {
        // A page in place of JSON is the login page or a proxy's: nothing of Unity Catalog has answered.
        var isPage = string.Equals(response.Content.Headers.ContentType?.MediaType, "text/html", StringComparison.OrdinalIgnoreCase);
        if (response.IsSuccessStatusCode && !isPage)
        {
            return null;
        }

        var error = await ErrorBody.ReadAsync(response);
        var meaning = ErrorTable.MeaningOf(error);
        var secrets = SecretsOf(request);
        var word = error.Code is null ? "" : $" {SafeText.Of(error.Code, secrets)}";
        return new SyncException(
            meaning.Code,
            response.IsSuccessStatusCode
                ? $"a page came in place of databricks' answer to {Name(request)}: {SafeText.Of(error.Message, secrets)}; {PageAdvice}"
                : $"databricks answered {error.Status}{word} to {Name(request)}: {SafeText.Of(error.Message, secrets)}")
        {
            RetryAfter = RetryAfter.Of(response, time) ?? error.RetryDelay,
            ServerCode = meaning.ServerCode is { } serverCode ? SafeText.Of(serverCode, secrets) : null,
            // A status of 5xx or a time-out of the server may come after the change was made. A code that says more
            // precisely what is wrong (throttled, unknown principal, ...) was given instead of making it.
            OutcomeUnknown = IsWrite(request) && meaning.Code == SyncErrorCode.Unavailable
                && (error.Status is 408 or 499 or >= 500 || response.IsSuccessStatusCode),
            Subject = meaning.Subject is { } subject ? SafeText.Of(subject, secrets) : null,
        };
    }

    /// <summary>The exception for a call without an answer.</summary>
    public static SyncException ForNoAnswer(HttpRequestMessage request, Exception e) => new(
        SyncErrorCode.Unavailable,
        e is TimeoutRejectedException
            ? $"databricks did not answer {Name(request)} in time"
            : $"no answer from databricks to {Name(request)}: {SafeText.Of(Innermost(e).Message)}",
        e)
    {
        OutcomeUnknown = IsWrite(request) && WorkspaceCall.Of(request) is not { MayHaveActed: false },
    };

    /// <summary>The exception for a successful answer that is not what it should be.</summary>
    public static SyncException ForUnreadable(HttpRequestMessage request, Exception e) => new(
        SyncErrorCode.Unavailable,
        $"databricks answered {Name(request)} with something that is not the expected JSON" +
        (e is JsonException { Path: { } path } ? $", at {SafeText.Of(path)}" : ""),
        e);

    /// <summary>The answer itself. A success with nothing in it is no answer: taking it for an empty list would revoke.</summary>
    public static T Required<T>(T? answer)
        where T : class =>
        answer ?? throw new SyncException(SyncErrorCode.Unavailable, "databricks answered without a body");

    /// <summary>The exception for an answer without something that every such answer has: what is absent is not known.</summary>
    /// <param name="answer">What it is an answer about.</param>
    /// <param name="what">What is missing.</param>
    public static SyncException Lacking(string answer, string what) =>
        new(SyncErrorCode.Unavailable, $"databricks gave {answer} without {what}");

    /// <summary>The exception for an answer that is larger than any true one.</summary>
    public static SyncException ForTooMuch(HttpRequestMessage request, int limit) => new(
        SyncErrorCode.Unavailable, $"databricks' answer to {Name(request)} is larger than {limit >> 20} MiB")
    {
        ServerCode = ServerCodes.AnswerTooLarge,
        OutcomeUnknown = IsWrite(request),
    };

    /// <summary>True for what changes something.</summary>
    public static bool IsWrite(HttpRequestMessage request) => request.Method != HttpMethod.Get;

    // The token; for a client's id and secret both the header and the secret in it.
    private static string[] SecretsOf(HttpRequestMessage request) => request.Headers.Authorization switch
    {
        { Scheme: "Basic", Parameter: { Length: > 0 } both } =>
            [both, .. Encoding.UTF8.GetString(Convert.FromBase64String(both)).Split(':', 2).Skip(1).Where(secret => secret.Length > 0)],
        { Parameter: { Length: > 0 } token } => [token],
        _ => [],
    };

    // Without the query: page tokens tell nothing to a reader.
    private static string Name(HttpRequestMessage request) => $"{request.Method} {request.RequestUri?.AbsolutePath}";

    private static Exception Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e;
}
