using PolicySync.Core.Errors;

namespace PolicySync.Adapters.Workspaces.Errors;

/// <summary>The meaning of an error answer.</summary>
/// <param name="Code">The code of the service.</param>
/// <param name="ServerCode">The server's code, or one of <see cref="ServerCodes"/> where it has none.</param>
/// <param name="Subject">The principal or privilege that the server names.</param>
internal readonly record struct ErrorMeaning(SyncErrorCode Code, string? ServerCode, string? Subject = null);

/// <summary>
/// The one table from status, error code and message to codes of the service. Code and message take precedence over the
/// status, because the same error occurs with several statuses. Sources: databricks-sdk-go, apierr/error_mapping.go; databricks-sdk-py,
/// errors/platform.py and issue 274; terraform-provider-databricks issues 1773, 4680 and 5398.
/// </summary>
internal static class ErrorTable
{
    private static readonly HashSet<string> Passing = new(StringComparer.Ordinal)
    {
        "ABORTED", "CANCELLED", "COULD_NOT_ACQUIRE_LOCK", "DATA_LOSS", "DEADLINE_EXCEEDED", "INTERNAL_ERROR", "IO_ERROR",
        "RESOURCE_CONFLICT", "SERVICE_UNDER_MAINTENANCE", "TEMPORARILY_UNAVAILABLE", "UNAVAILABLE", "UNKNOWN",
        "WORKSPACE_TEMPORARILY_UNAVAILABLE",
    };

    public static ErrorMeaning MeaningOf(WorkspaceError error) =>
        RefusesToken(error) ? new ErrorMeaning(SyncErrorCode.CredentialsRefused, error.Code)
        : Redirected(error) ?? Refused(error) ?? ByCode(error) ?? new ErrorMeaning(ByStatus(error), error.Code);

    /// <summary>
    /// True when another token may be accepted. A token that is unknown or about to expire is answered 403 with one of
    /// these texts and no code of its own (databricks-sdk-go issues 873 and 917, databricks-vscode issue 583).
    /// </summary>
    public static bool RefusesToken(WorkspaceError error) =>
        error.Status == 401
        || (error.Status == 403 && (error.Message.StartsWith("Invalid access token", StringComparison.OrdinalIgnoreCase)
            || error.Message.StartsWith("Token is expir", StringComparison.OrdinalIgnoreCase)));

    // Databricks redirects clients that it does not admit (private link, single sign-on) to a login page.
    private static ErrorMeaning? Redirected(WorkspaceError error) =>
        error.Status is >= 300 and < 400 ? new(SyncErrorCode.CredentialsRefused, error.Code) : null;

    private static ErrorMeaning? Refused(WorkspaceError error)
    {
        if (ErrorSubjects.UnknownPrincipal(error.Message) is { } principal)
        {
            return new(SyncErrorCode.InvalidPlan, ServerCodes.PrincipalDoesNotExist, principal);
        }

        if (ErrorSubjects.InapplicablePrivilege(error.Message) is { } privilege)
        {
            return new(SyncErrorCode.InvalidPlan, ServerCodes.PrivilegeNotApplicable, privilege);
        }

        return ErrorSubjects.DuplicateOf(error.Message) is { } duplicate
            ? new(SyncErrorCode.InvalidPlan, ServerCodes.DuplicateAddRemove, duplicate)
            : null;
    }

    private static ErrorMeaning? ByCode(WorkspaceError error)
    {
        SyncErrorCode? code = error.Code switch
        {
            null => null,
            ServerCodes.PrincipalDoesNotExist => SyncErrorCode.InvalidPlan,
            "REQUEST_LIMIT_EXCEEDED" or "RESOURCE_EXHAUSTED" => SyncErrorCode.Throttled,
            // A quota is full: a retry does not help.
            "QUOTA_EXCEEDED" or "RESOURCE_LIMIT_EXCEEDED" => SyncErrorCode.InvalidPlan,
            "UNAUTHENTICATED" => SyncErrorCode.CredentialsRefused,
            "PERMISSION_DENIED" => SyncErrorCode.PermissionDenied,
            // The workspace does not have the API: nothing is known about the object, and a retry does not help.
            var api when ServerCodes.IsMissingApi(api) => SyncErrorCode.InvalidPlan,
            "NOT_FOUND" => SyncErrorCode.SecurableNotFound,
            var other when other.EndsWith("_DOES_NOT_EXIST", StringComparison.Ordinal)
                || other.EndsWith("_NOT_FOUND", StringComparison.Ordinal) => SyncErrorCode.SecurableNotFound,
            var other when Passing.Contains(other) => SyncErrorCode.Unavailable,
            _ => null,
        };
        return code is { } known ? new ErrorMeaning(known, error.Code) : null;
    }

    private static SyncErrorCode ByStatus(WorkspaceError error) => error.Status switch
    {
        403 => SyncErrorCode.PermissionDenied,
        404 => error.IsDatabricks ? SyncErrorCode.SecurableNotFound : SyncErrorCode.Unavailable,
        408 or 409 or 499 => SyncErrorCode.Unavailable,
        429 => SyncErrorCode.Throttled,
        >= 400 and < 500 or 501 => SyncErrorCode.InvalidPlan,
        _ => SyncErrorCode.Unavailable,
    };
}
