namespace PolicySync.Core.Errors;

/// <summary>
/// The one expected-failure type. Its code decides retry, skip, fail or halt; anything else that escapes is a defect.
/// Messages are in lower case without a full stop, quote user input in back-ticks and never hold a secret.
/// </summary>
public sealed class SyncException(SyncErrorCode code, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The stable code.</summary>
    public SyncErrorCode Code { get; } = code;

    /// <summary>Earliest useful retry, from the server's <c>Retry-After</c>; null when it named none.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>
    /// True when a write may or may not have taken effect (no answer came). The caller must wait until the request
    /// can no longer act and read afresh before it writes again.
    /// </summary>
    public bool OutcomeUnknown { get; init; }

    /// <summary>
    /// The server's own error code, for example <c>PRINCIPAL_DOES_NOT_EXIST</c>, when it gave one: the planner isolates
    /// a principal or privilege by it.
    /// </summary>
    public string? ServerCode { get; init; }

    /// <summary>
    /// The principal or privilege that a refusal of a change is about, spelled as it was sent; null when the refusal names
    /// none. The adapter sets it, and corrects the server's spelling before it passes the exception on.
    /// </summary>
    public string? Subject { get; set; }

    /// <summary>What the code means for the work at hand.</summary>
    public Recovery Recovery => SyncErrorCodes.RecoveryOf(Code);
}
