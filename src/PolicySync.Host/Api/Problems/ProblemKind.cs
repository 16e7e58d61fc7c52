namespace PolicySync.Host.Api.Problems;

/// <summary>
/// A kind of problem: the one home of its code, its page and its words. Codes are part of the contract; docs/api.md lists them.
/// </summary>
/// <param name="Code">The code for programs.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">A short name, always the same for a code.</param>
/// <param name="Meaning">What happened, in a sentence.</param>
/// <param name="Remedy">What the caller can do, in a sentence.</param>
internal sealed record ProblemKind(string Code, int Status, string Title, string Meaning, string Remedy)
{
    /// <summary>Path of the pages.</summary>
    public const string Pages = "/problems";

    public static ProblemKind InvalidRequest { get; } = new(
        "INVALID_REQUEST", 400, "Invalid request", "The body, the query or a header of the request has faults.",
        "Mend what `errors` lists; each entry has a JSON Pointer or the name of a parameter or header.");

    public static ProblemKind Unauthenticated { get; } = new(
        "UNAUTHENTICATED", 401, "Not authenticated", "The request has no bearer token, or one that is not valid.",
        "Send a valid token in `Authorization: Bearer`. `WWW-Authenticate` says what is wrong with the one that was sent.");

    public static ProblemKind InsufficientScope { get; } = new(
        "INSUFFICIENT_SCOPE", 403, "Not allowed", "The token is valid and lacks the scope of this address.",
        "Use a token whose `scope` has what `WWW-Authenticate` names.");

    public static ProblemKind SecurableNotAllowed { get; } = new(
        "SECURABLE_NOT_ALLOWED", 403, "Securable not allowed", "The token is limited to securables, and the request has a resource that is not among them.",
        "Leave out the resources that `errors` names, or use a token whose `policysync.securables` covers them with everything in them.");

    public static ProblemKind NotFound { get; } = new(
        "NOT_FOUND", 404, "Not found", "There is nothing at this address, or no task with this id that the token may read.",
        "Check the path and the id. Ended tasks are deleted after `Tasks:Retention`.");

    public static ProblemKind MethodNotAllowed { get; } = new(
        "METHOD_NOT_ALLOWED", 405, "Method not allowed", "The address exists and does not support the method.", "Use a method that `Allow` names.");

    public static ProblemKind TaskNotEnded { get; } = new(
        "TASK_NOT_ENDED", 409, "Task not ended", "The task has not ended, so what failed in it is not known yet.",
        "Wait for its end, or cancel it, and then retry.");

    public static ProblemKind PlanOutdated { get; } = new(
        "PLAN_OUTDATED", 409, "Plan outdated", "The plan has not ended well, is older than 24 hours, or the policies are not those that it was made from.",
        "Make a new plan, read it, and apply that.");

    public static ProblemKind NothingToRetry { get; } = new(
        "NOTHING_TO_RETRY", 409, "Nothing to retry", "No securable of the task failed.", "Send a new task to sync its resources again.");

    public static ProblemKind NotAdoptable { get; } = new(
        "NOT_ADOPTABLE", 409, "Not adoptable", "The difference is not a grant of others that a sync would take back once it is the service's own.",
        "`detail` says why. Verify the securable again, or repair or ignore the difference.");

    public static ProblemKind TooManySuspensions { get; } = new(
        "TOO_MANY_SUSPENSIONS", 409, "Too many suspensions", "There are 500 suspensions, the most that may be in force.",
        "Delete some, or name a container in place of what is in it.");

    public static ProblemKind RequestTimeout { get; } = new(
        "REQUEST_TIMEOUT", 408, "Request timeout", "The request did not arrive in time.", "Send it again.");

    public static ProblemKind TooLarge { get; } = new(
        "TOO_LARGE", 413, "Too large", "The body is larger than the address takes: 1 MiB, or 7 MiB where it may have policies or records.", "Send fewer resources, or name a container; send one changed policy instead of a whole set, or fewer records.");

    public static ProblemKind UnsupportedMediaType { get; } = new(
        "UNSUPPORTED_MEDIA_TYPE", 415, "Unsupported media type", "The body is not announced as JSON in UTF-8, or is compressed.",
        "Send `Content-Type: application/json` without `Content-Encoding`.");

    public static ProblemKind KeyReused { get; } = new(
        "IDEMPOTENCY_KEY_REUSED", 422, "Idempotency key reused", "The `Idempotency-Key` was sent with another request within 24 hours.",
        "Send another key for another request, and the same body for a repeated one.");

    public static ProblemKind TooManyRequests { get; } = new(
        "TOO_MANY_REQUESTS", 429, "Too many requests", "The subject of the token, or the address that signs in, makes more requests than allowed.",
        "Wait as long as `Retry-After` says. `Http:RequestsPerSecondPerToken` sets the limit.");

    public static ProblemKind TooManyStreams { get; } = new(
        "TOO_MANY_STREAMS", 429, "Too many streams", "The subject of the token has as many streams of events open as allowed, or the process has.",
        "Close a stream that is not needed, or ask for the task after `Retry-After`. `Api:MaxStreamsPerSubject` sets the limit.");

    public static ProblemKind Refused { get; } = new(
        "REFUSED", 400, "Refused", "The HTTP server refused the request.", "Check that the client sends valid HTTP.");

    public static ProblemKind Internal { get; } = new(
        "INTERNAL", 500, "Internal error", "The service has a defect.", "Report it with `traceId`, under which the service's log has the cause.");

    public static ProblemKind NotAnswered { get; } = new(
        "NOT_ANSWERED", 502, "Not answered", "The workspace or the policies did not give what the answer needs.",
        "Mend what `detail` names: it begins with an error code, which the API document explains. Then ask again.");

    public static ProblemKind Unavailable { get; } = new(
        "UNAVAILABLE", 503, "Service unavailable", "Storage, the cluster or the token's authority does not answer.",
        "Send the request again after `Retry-After`. A task that was so refused may run nevertheless.");

    public static ProblemKind PoliciesUnavailable { get; } = new(
        "POLICIES_UNAVAILABLE", 503, "Policies unavailable", "The source of the policies gave none that the service accepts.",
        "`detail` says why. Mend the source, and send the request again after `Retry-After`.");

    public static IReadOnlyList<ProblemKind> All { get; } =
    [
        InvalidRequest, Unauthenticated, InsufficientScope, SecurableNotAllowed, NotFound, MethodNotAllowed, TaskNotEnded, NothingToRetry, NotAdoptable, TooManySuspensions, PlanOutdated, RequestTimeout,
        TooLarge, UnsupportedMediaType, KeyReused, TooManyRequests, TooManyStreams, Refused, Internal, NotAnswered, Unavailable, PoliciesUnavailable,
    ];

    /// <summary>The last segment of the page's path: the code in lower case, with hyphens.</summary>
    public string Slug => Code.ToLowerInvariant().Replace('_', '-');

    /// <summary>The path of the page that explains the kind: <c>type</c> of a problem document.</summary>
    public string Page => $"{Pages}/{Slug}";

    /// <summary>The kind of a status that the server or a library set.</summary>
    public static ProblemKind Of(int status) =>
        All.FirstOrDefault(kind => kind.Status == status && kind != Refused && kind != NotAnswered) ?? (status < 500 ? Refused : Internal);
}
