using System.Net;

namespace PolicySync.Client;

/// <summary>One fault of a request.</summary>
public sealed record ProblemFault
{
    /// <summary>What is wrong.</summary>
    public string Detail { get => field ?? ""; init; }

    /// <summary>JSON Pointer into the body; null when the fault is not there.</summary>
    public string? Pointer { get; init; }

    /// <summary>Name of a query parameter; null when the fault is not there.</summary>
    public string? Parameter { get; init; }

    /// <summary>Name of a header; null when the fault is not there.</summary>
    public string? Header { get; init; }
}

/// <summary>
/// The service refused or failed a request, or something between answered in its place. When no answer came at all, methods of the client
/// throw <see cref="HttpRequestException"/>.
/// </summary>
public sealed class PolicySyncException : Exception
{
    /// <summary>The <see cref="Code"/> of an answer that is not a problem document of the service.</summary>
    public const string NotFromService = "NOT_FROM_SERVICE";

    internal PolicySyncException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }

    /// <summary>The HTTP status.</summary>
    public HttpStatusCode Status { get; internal init; }

    /// <summary>The code for programs, for example <c>NOT_FOUND</c>; <see cref="NotFromService"/> without a problem document.</summary>
    public string Code { get; internal init; } = NotFromService;

    /// <summary>A short name of the problem, always the same for a code; null without a problem document.</summary>
    public string? Title { get; internal init; }

    /// <summary>What is wrong with this request, for people; null when the service does not say.</summary>
    public string? Detail { get; internal init; }

    /// <summary>The faults of the request.</summary>
    public IReadOnlyList<ProblemFault> Faults { get; internal init; } = [];

    /// <summary>The id under which the log of the service has the cause; null without a problem document.</summary>
    public string? TraceId { get; internal init; }

    /// <summary>When to send the request again; null when the service does not say.</summary>
    public TimeSpan? RetryAfter { get; internal init; }
}
