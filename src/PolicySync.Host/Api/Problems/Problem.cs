using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using PolicySync.Core;
using PolicySync.Core.Errors;
using PolicySync.Host.Telemetry;

namespace PolicySync.Host.Api.Problems;

/// <summary>A problem document (RFC 9457): why a request was refused or failed.</summary>
/// <param name="Type">Path of a page of the service that explains the code. It needs no token.</param>
/// <param name="Title">A short name, always the same for a code.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">
/// The code for programs, for example `INVALID_REQUEST`. `/problems` lists all codes. A later version may add some.
/// </param>
/// <param name="Detail">What is wrong with this request, for people; null when the title says all.</param>
/// <param name="Instance">The path of the request.</param>
/// <param name="TraceId">The id under which the log of the service has the cause.</param>
/// <param name="Errors">The faults of the request, up to 1,000; null when the problem is not about faults of a request.</param>
internal sealed record ProblemAnswer(
    string Type, string Title, int Status, string Code, string? Detail, string Instance, string TraceId, IReadOnlyList<Fault>? Errors);

/// <summary>
/// Answers every 4xx and 5xx, whether it comes from an endpoint, authentication, routing or an exception. It says what the caller can
/// act on; the log has the cause.
/// </summary>
internal sealed class Problem : IResult
{
    public const string ContentType = "application/problem+json";

    /// <summary>The time to retry after when the cause names none.</summary>
    private static readonly TimeSpan DefaultRetryAfter = TimeSpan.FromSeconds(5);

    private readonly ProblemKind _kind;
    private readonly int _status;
    private readonly string _detail;
    private readonly IReadOnlyList<Fault>? _errors;
    private readonly TimeSpan? _retryAfter;

    private Problem(ProblemKind kind, string? detail = null, IReadOnlyList<Fault>? errors = null, TimeSpan? retryAfter = null, int? status = null)
    {
        _kind = kind;
        _status = status ?? kind.Status;
        _detail = detail ?? kind.Meaning;
        _errors = errors;
        _retryAfter = retryAfter;
    }

    /// <summary>A problem of a kind, with its usual detail or a more specific one.</summary>
    public static Problem Of(ProblemKind kind, string? detail = null) => new(kind, detail);

    /// <summary>The problem for a status that the server or a library set.</summary>
    public static Problem OfStatus(int status) => new(ProblemKind.Of(status), status: status);

    /// <summary>400 with all faults of the request.</summary>
    public static Problem Invalid(IReadOnlyList<Fault> faults) =>
        new(ProblemKind.InvalidRequest, faults is [{ } only] ? $"{Place(only)} {only.Detail}" : $"the request has {faults.Count} faults", faults);

    /// <summary>403 with the resources that the token may not sync, where the request has a body; the first ones of many.</summary>
    public static Problem NotAllowed(IReadOnlyList<Fault> resources) => new(
        ProblemKind.SecurableNotAllowed, resources is [{ } first, ..] ? $"{Place(first)} {first.Detail}" : null, resources.Count > 0 ? resources : null);

    /// <summary>429: the caller exceeded its rate limit.</summary>
    /// <param name="retryAfter">When to retry.</param>
    /// <param name="what">The limit; by default the one of the token.</param>
    public static Problem TooMany(TimeSpan retryAfter, string what = "rate limit of this token exceeded") => new(
        ProblemKind.TooManyRequests,
        string.Create(CultureInfo.InvariantCulture, $"{what}; retry after {Seconds(retryAfter)} seconds"), retryAfter: retryAfter);

    /// <summary>429: the caller has too many streams open.</summary>
    public static Problem TooManyStreams() => new(ProblemKind.TooManyStreams, retryAfter: DefaultRetryAfter);

    /// <summary>503 or 502: a question could not be answered from the workspace and the policies.</summary>
    public static Problem NotAnswered(SyncErrorCode code, string message) => SyncErrorCodes.RecoveryOf(code) == Recovery.Retry
        ? new(ProblemKind.Unavailable, message, retryAfter: DefaultRetryAfter)
        : new(ProblemKind.NotAnswered, $"{WireNames.Of(code)}: {message}");

    /// <summary>Maps an error code to HTTP.</summary>
    public static Problem From(SyncException e) => e.Code switch
    {
        SyncErrorCode.Unavailable or SyncErrorCode.Throttled or SyncErrorCode.StorageConflict =>
            new(ProblemKind.Unavailable, retryAfter: e.RetryAfter ?? DefaultRetryAfter),
        SyncErrorCode.PoliciesUnavailable or SyncErrorCode.PoliciesShrank =>
            new(ProblemKind.PoliciesUnavailable, $"{SyncErrorCodes.WireName(e.Code)}: {e.Message}", retryAfter: DefaultRetryAfter),
        _ => new(ProblemKind.Internal),
    };

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.RequestServices.GetService<ApiMetrics>()?.Refused(_status);
        var response = httpContext.Response;
        response.StatusCode = _status;
        if (_retryAfter is { } wait)
        {
            response.Headers.RetryAfter = Seconds(wait).ToString(CultureInfo.InvariantCulture);
        }

        var traceId = Activity.Current?.TraceId.ToString() ?? httpContext.TraceIdentifier;
        if (ProblemForPeople.IsWanted(httpContext))
        {
            return ProblemForPeople.Of(_kind, _status, _detail, traceId, _retryAfter).ExecuteAsync(httpContext);
        }

        return response.WriteAsJsonAsync(
            new ProblemAnswer(
                _kind.Page,
                _kind.Title,
                _status,
                _kind.Code,
                _detail,
                httpContext.Request.Path.ToUriComponent(),
                traceId,
                _errors),
            ApiJson.Default.ProblemAnswer,
            ContentType,
            httpContext.RequestAborted);
    }

    private static long Seconds(TimeSpan wait) => Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));

    private static string Place(Fault fault) => fault switch
    {
        { Parameter: { } parameter } => $"`{parameter}`",
        { Header: { } header } => $"`{header}`",
        { Pointer: { Length: > 0 } pointer } => $"`{pointer}`",
        _ => "the body",
    };
}
