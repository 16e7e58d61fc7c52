using System.Text;
using System.Text.Json;
using Polly.Timeout;
using PolicySync.Core.Errors;

namespace PolicySync.Adapters.Workspaces.Errors;

/// <summary>Turns the failure of a call into <see cref="SyncException"/>.</summary>
internal sealed class WorkspaceErrors(TimeProvider time)
{
    private const string PageAdvice = "PolicySync:Workspace:Host must be the address of a workspace, and no proxy may ask for a sign-in";

    /// <summary>The exception for an answer; null when the answer is a success.</summary>
    public async Task<SyncException?> ForAsync(HttpRequestMessage request, HttpResponseMessage response)
    {
        // A web page instead of JSON comes from the login or a proxy, not from Unity Catalog.
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
                ? $"a web page came instead of databricks' answer to {Name(request)}: {SafeText.Of(error.Message, secrets)}; {PageAdvice}"
                : $"databricks answered {error.Status}{word} to {Name(request)}: {SafeText.Of(error.Message, secrets)}")
        {
            RetryAfter = RetryAfter.Of(response, time) ?? error.RetryDelay,
            ServerCode = meaning.ServerCode is { } serverCode ? SafeText.Of(serverCode, secrets) : null,
            // A 5xx status or a server time-out may follow a change that was applied. A more precise code (throttled, unknown
            // principal, ...) means that the change was not applied.
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

    /// <summary>The exception for a successful answer that is not the expected JSON.</summary>
    public static SyncException ForUnreadable(HttpRequestMessage request, Exception e) => new(
        SyncErrorCode.Unavailable,
        $"databricks answered {Name(request)} with something that is not the expected JSON" +
        (e is JsonException { Path: { } path } ? $", at {SafeText.Of(path)}" : ""),
        e);

    /// <summary>The answer itself. A success without a body is refused: taking it for an empty list would revoke grants.</summary>
    public static T Required<T>(T? answer)
        where T : class =>
        answer ?? throw new SyncException(SyncErrorCode.Unavailable, "databricks answered without a body");

    /// <summary>The exception for an answer that lacks a required member: absent data is unknown.</summary>
    /// <param name="answer">Names the answer.</param>
    /// <param name="what">Names the missing member.</param>
    public static SyncException Lacking(string answer, string what) =>
        new(SyncErrorCode.Unavailable, $"databricks gave {answer} without {what}");

    /// <summary>The exception for an answer over the size limit.</summary>
    public static SyncException ForTooMuch(HttpRequestMessage request, int limit) => new(
        SyncErrorCode.Unavailable, $"databricks' answer to {Name(request)} is larger than {limit >> 20} MiB")
    {
        ServerCode = ServerCodes.AnswerTooLarge,
        OutcomeUnknown = IsWrite(request),
    };

    /// <summary>Whether the request changes something.</summary>
    public static bool IsWrite(HttpRequestMessage request) => request.Method != HttpMethod.Get;

    // The token; for a client id and secret, the header value and the secret in it.
    private static string[] SecretsOf(HttpRequestMessage request) => request.Headers.Authorization switch
    {
        { Scheme: "Basic", Parameter: { Length: > 0 } both } =>
            [both, .. Encoding.UTF8.GetString(Convert.FromBase64String(both)).Split(':', 2).Skip(1).Where(secret => secret.Length > 0)],
        { Parameter: { Length: > 0 } token } => [token],
        _ => [],
    };

    // Without the query: page tokens do not help a reader.
    private static string Name(HttpRequestMessage request) => $"{request.Method} {request.RequestUri?.AbsolutePath}";

    private static Exception Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e;
}
