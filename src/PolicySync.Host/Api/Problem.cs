using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using PolicySync.Core.Errors;
using PolicySync.Host.Telemetry;

namespace PolicySync.Host.Api;

/// <summary>A problem document (RFC 9457).</summary>
internal sealed record ProblemAnswer(
    string Type, string Title, int Status, string? Detail, string Instance, string TraceId, IReadOnlyList<Fault>? Errors);

/// <summary>
/// Answers every 4xx and 5xx, whether it comes from an endpoint, authentication, routing or an exception. It says what the caller can
/// act on; the log has the cause.
/// </summary>
internal sealed class Problem : IResult
{
    public const string ContentType = "application/problem+json";

    /// <summary>The time to retry after when the cause names none.</summary>
    private static readonly TimeSpan DefaultRetryAfter = TimeSpan.FromSeconds(5);

    private Problem(int status, string? detail, IReadOnlyList<Fault>? errors, TimeSpan? retryAfter)
    {
        Status = status;
        Detail = detail;
        Errors = errors;
        RetryAfter = retryAfter;
    }

    public int Status { get; }

    public string? Detail { get; }

    public IReadOnlyList<Fault>? Errors { get; }

    public TimeSpan? RetryAfter { get; }

    public static Problem Of(int status, string? detail = null) => new(status, detail ?? Kind(status).Detail, null, null);

    /// <summary>400 with all faults of the request.</summary>
    public static Problem Invalid(IReadOnlyList<Fault> faults) =>
        new(StatusCodes.Status400BadRequest, faults is [{ } only] ? $"{Place(only)} {only.Detail}" : $"the request has {faults.Count} faults", faults, null);

    /// <summary>429: the caller exceeded its rate limit.</summary>
    /// <param name="retryAfter">When to retry.</param>
    /// <param name="what">The limit; by default the one of the token.</param>
    public static Problem TooMany(TimeSpan retryAfter, string what = "rate limit of this token exceeded") => new(
        StatusCodes.Status429TooManyRequests,
        string.Create(CultureInfo.InvariantCulture, $"{what}; retry after {Seconds(retryAfter)} seconds"), null, retryAfter);

    /// <summary>Maps an error code to HTTP.</summary>
    public static Problem From(SyncException e) => e.Code switch
    {
        SyncErrorCode.Unavailable or SyncErrorCode.Throttled or SyncErrorCode.StorageConflict =>
            new(StatusCodes.Status503ServiceUnavailable, Kind(503).Detail, null, e.RetryAfter ?? DefaultRetryAfter),
        _ => Of(StatusCodes.Status500InternalServerError),
    };

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var (type, title, _) = Kind(Status);
        httpContext.RequestServices.GetService<ApiMetrics>()?.Refused(Status);
        var response = httpContext.Response;
        response.StatusCode = Status;
        if (RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = Seconds(wait).ToString(CultureInfo.InvariantCulture);
        }

        return response.WriteAsJsonAsync(
            new ProblemAnswer(
                $"urn:policysync:problem:{type}",
                title,
                Status,
                Detail,
                httpContext.Request.Path.ToUriComponent(),
                Activity.Current?.TraceId.ToString() ?? httpContext.TraceIdentifier,
                Errors),
            ApiJson.Default.ProblemAnswer,
            ContentType,
            httpContext.RequestAborted);
    }

    private static long Seconds(TimeSpan wait) => Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));

    private static string Place(Fault fault) => fault switch
    {
        { Parameter: { } parameter } => $"`{parameter}`",
        { Pointer: { Length: > 0 } pointer } => $"`{pointer}`",
        _ => "the body",
    };

    private static (string Type, string Title, string? Detail) Kind(int status) => status switch
    {
        400 => ("invalid-request", "Invalid request", null),
        401 => ("unauthenticated", "Not authenticated", "a valid bearer token is required"),
        403 => ("insufficient-scope", "Not allowed", "the token lacks the required scope"),
        404 => ("not-found", "Not found", "there is nothing at this address"),
        405 => ("method-not-allowed", "Method not allowed", "this address does not support the method"),
        408 => ("request-timeout", "Request timeout", "the request did not arrive in time"),
        413 => ("too-large", "Too large", null),
        415 => ("unsupported-media-type", "Unsupported media type", null),
        429 => ("too-many-requests", "Too many requests", "rate limit exceeded; retry later"),
        503 => ("unavailable", "Service unavailable", "the service is temporarily unavailable; retry later"),
        < 500 => ("refused", "Refused", null),
        _ => ("internal", "Internal error", "internal error; the service's log has the cause under the trace id"),
    };
}
