using System.Text.Json;
using UnityCatalog.Emulator.Http;

namespace UnityCatalog.Emulator.Faults;

internal enum FaultMode
{
    /// <summary>Answer the error; nothing is done.</summary>
    Error,

    /// <summary>Apply the request, then answer the error: a lost success.</summary>
    ApplyThenError,

    /// <summary>Cut the connection; nothing is done.</summary>
    Reset,

    /// <summary>Apply the request, then cut the connection: a lost answer.</summary>
    ApplyThenReset,
}

/// <summary>A fault: its effect, the requests that it matches, and how often it strikes.</summary>
internal sealed record FaultDefinition
{
    /// <summary>Given by the caller or made up: <c>fault-1</c> …</summary>
    public string? Id { get; init; }

    /// <summary>Method, or several separated by commas; absent or <c>*</c> is any.</summary>
    public string? Method { get; init; }

    /// <summary>Pattern over the decoded path without its query; absent is any.</summary>
    public string? Path { get; init; }

    /// <summary>A text that the decoded path or the body must contain; absent is any.</summary>
    public string? Contains { get; init; }

    /// <summary>Absent means <see cref="FaultMode.Error"/> when a status or body is given, else no error at all.</summary>
    public FaultMode? Mode { get; init; }

    public int? Status { get; init; }

    public string? ErrorCode { get; init; }

    public string? Message { get; init; }

    /// <summary>Sent as it is, in place of the error body: proxies answer HTML, or nothing.</summary>
    public string? Body { get; init; }

    public string? ContentType { get; init; }

    /// <summary>Seconds as a number, or any text, for example an HTTP date.</summary>
    public JsonElement? RetryAfter { get; init; }

    /// <summary>How many requests it strikes; absent is all.</summary>
    public int? Times { get; init; }

    /// <summary>How many matching requests pass before the first is struck.</summary>
    public int Skip { get; init; }

    /// <summary>Between 0 and 1; absent is always.</summary>
    public double? Probability { get; init; }

    public int Seed { get; init; }

    public int DelayMs { get; init; }

    /// <summary>Holds the request before it is handled; it is handled also when its sender has gone.</summary>
    public double? HoldSeconds { get; init; }

    /// <summary>Holds until <c>POST /_emulator/faults/{id}/release</c>, at most <see cref="HoldSeconds"/> where given.</summary>
    public bool HoldUntilReleased { get; init; }

    /// <summary>Reads of permissions return the state of this long ago.</summary>
    public int ReadLagMs { get; init; }

    public RateLimitDefinition? RateLimit { get; init; }

    public bool Holds => HoldUntilReleased || HoldSeconds is > 0;

    /// <summary>Refuses a definition that could never strike or that would break an answer.</summary>
    public void Check()
    {
        if (Status is < 200 or > 599)
        {
            throw Errors.InvalidParameter("status must be from 200 to 599");
        }

        if (Probability is < 0 or > 1 || DelayMs < 0 || ReadLagMs < 0 || Skip < 0 || Times < 0 || HoldSeconds < 0)
        {
            throw Errors.InvalidParameter("probability must be from 0 to 1, and no time or count negative");
        }

        if (RateLimit is { PerSecond: <= 0 } or { Burst: < 1 })
        {
            throw Errors.InvalidParameter("rateLimit needs perSecond over 0 and a burst of at least 1");
        }
    }

    public FaultMode? EffectiveMode => Mode ?? (Status is not null || Body is not null ? FaultMode.Error : null);
}

/// <summary>A token bucket; beyond it 429 REQUEST_LIMIT_EXCEEDED unless the definition says otherwise.</summary>
internal sealed record RateLimitDefinition(double PerSecond, int Burst = 1);

internal sealed record FaultView(string Id, FaultDefinition Definition, int Matched, int Applied, int Held);

internal sealed record FaultList(IReadOnlyList<FaultView> Faults, int Held);
