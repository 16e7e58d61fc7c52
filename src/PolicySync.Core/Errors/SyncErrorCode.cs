using System.Text.Json.Serialization;

namespace PolicySync.Core.Errors;

/// <summary>
/// Every expected failure of the service. The code alone decides what happens next (<see cref="Recovery"/>).
/// The wire names are promises to clients: they never change, and new ones are added at the end.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<SyncErrorCode>))]
public enum SyncErrorCode
{
    /// <summary>Unity Catalog or its identity service asked for fewer calls (HTTP 429).</summary>
    [JsonStringEnumMemberName("THROTTLED")] Throttled,

    /// <summary>No usable answer: HTTP 5xx, a reset connection or a time-out.</summary>
    [JsonStringEnumMemberName("UNAVAILABLE")] Unavailable,

    /// <summary>A write was accepted but reads did not show it within <c>Sync:VerifyTimeout</c>.</summary>
    [JsonStringEnumMemberName("NOT_VERIFIED")] NotVerified,

    /// <summary>Another writer changed our own stored state first.</summary>
    [JsonStringEnumMemberName("STORAGE_CONFLICT")] StorageConflict,

    /// <summary>The securable, or a parent of it, does not exist.</summary>
    [JsonStringEnumMemberName("SECURABLE_NOT_FOUND")] SecurableNotFound,

    /// <summary>The securable is outside the managed set, or reserved.</summary>
    [JsonStringEnumMemberName("NOT_MANAGED")] NotManaged,

    /// <summary>The resource or task type is not one this version can do, or its values are not well formed.</summary>
    [JsonStringEnumMemberName("UNSUPPORTED")] Unsupported,

    /// <summary>Unity Catalog refused the service's principal on this securable (HTTP 403).</summary>
    [JsonStringEnumMemberName("PERMISSION_DENIED")] PermissionDenied,

    /// <summary>The plan would revoke more than <c>Sync:MaxRevokeShare</c>; nothing was written.</summary>
    [JsonStringEnumMemberName("REVOKE_GUARD")] RevokeGuard,

    /// <summary>Unity Catalog rejected the change itself (HTTP 400) for a reason that a retry cannot cure.</summary>
    [JsonStringEnumMemberName("INVALID_PLAN")] InvalidPlan,

    /// <summary>The policy source could not be read for longer than <c>Policies:MaxWait</c>.</summary>
    [JsonStringEnumMemberName("POLICIES_UNAVAILABLE")] PoliciesUnavailable,

    /// <summary>A part of what the source gives lost too much since it was last accepted; see <c>Policies:AllowShrink</c>.</summary>
    [JsonStringEnumMemberName("POLICIES_SHRANK")] PoliciesShrank,

    /// <summary>Unity Catalog refused the service's credentials (HTTP 401) for longer than <c>Sync:RetryFor</c>.</summary>
    [JsonStringEnumMemberName("CREDENTIALS_REFUSED")] CredentialsRefused,

    /// <summary>The task reached <c>Tasks:MaxAge</c>.</summary>
    [JsonStringEnumMemberName("TOO_OLD")] TooOld,

    /// <summary>A defect of the service; the log holds the cause. Never caused by input alone.</summary>
    [JsonStringEnumMemberName("INTERNAL")] Internal,

    /// <summary>The task was cancelled before this securable was done.</summary>
    [JsonStringEnumMemberName("CANCELLED")] Cancelled,

    /// <summary>A suspension covers the securable, so nothing is written on it.</summary>
    [JsonStringEnumMemberName("SUSPENDED")] Suspended,

    /// <summary>Grants or policies have moved since the plan was made, so it is not carried out.</summary>
    [JsonStringEnumMemberName("PLAN_OUTDATED")] PlanOutdated,
}

/// <summary>What a failure means for the work at hand.</summary>
public enum Recovery
{
    /// <summary>Try again later, within the time allowed.</summary>
    Retry,

    /// <summary>Leave this securable out; the task continues and the securable is not a failure.</summary>
    Skip,

    /// <summary>This securable failed; the task continues with the others.</summary>
    Fail,

    /// <summary>The whole task stops.</summary>
    Halt,
}

/// <summary>The one table from code to consequence.</summary>
public static class SyncErrorCodes
{
    /// <summary>What <paramref name="code"/> means for the work at hand.</summary>
    /// <remarks>
    /// <see cref="SyncErrorCode.NotVerified"/> is retried by polling within <c>Sync:VerifyTimeout</c>; once raised, that
    /// time is over and the securable has failed (specification §4).
    /// </remarks>
    public static Recovery RecoveryOf(SyncErrorCode code) => code switch
    {
        SyncErrorCode.Throttled or SyncErrorCode.Unavailable
            or SyncErrorCode.StorageConflict or SyncErrorCode.CredentialsRefused
            or SyncErrorCode.PoliciesUnavailable => Recovery.Retry,
        SyncErrorCode.SecurableNotFound or SyncErrorCode.NotManaged or SyncErrorCode.Unsupported
            or SyncErrorCode.Cancelled or SyncErrorCode.Suspended => Recovery.Skip,
        SyncErrorCode.PoliciesShrank or SyncErrorCode.TooOld => Recovery.Halt,
        _ => Recovery.Fail,
    };

    /// <summary>
    /// Codes that, once the time for retries is over, end the whole task rather than one securable:
    /// whatever comes next in the task would meet the same fault.
    /// </summary>
    public static bool EndsTask(SyncErrorCode code) => code is
        SyncErrorCode.PoliciesUnavailable or SyncErrorCode.PoliciesShrank
        or SyncErrorCode.CredentialsRefused or SyncErrorCode.TooOld;

    /// <summary>The name on the wire, for example <c>SECURABLE_NOT_FOUND</c>.</summary>
    public static string WireName(SyncErrorCode code) => WireNames.Of(code);
}
