namespace PolicySync.Adapters.Workspaces.Errors;

/// <summary>
/// Words in <see cref="Core.Errors.SyncException.ServerCode"/> by which Core isolates what a PATCH was refused for.
/// </summary>
internal static class ServerCodes
{
    /// <summary>Databricks' own code; also set where only the server's message names the case.</summary>
    public const string PrincipalDoesNotExist = "PRINCIPAL_DOES_NOT_EXIST";

    /// <summary>Set by the service: Databricks says INVALID_PARAMETER_VALUE and «Privilege X is not applicable to this entity».</summary>
    public const string PrivilegeNotApplicable = "PRIVILEGE_NOT_APPLICABLE";

    /// <summary>Set by the service: Databricks says INVALID_PARAMETER_VALUE and «Duplicate privileges to add and delete».</summary>
    public const string DuplicateAddRemove = "DUPLICATE_ADD_REMOVE";

    /// <summary>Set by the service: an answer exceeded the size limit.</summary>
    public const string AnswerTooLarge = "ANSWER_TOO_LARGE";

    /// <summary>Whether the workspace does not have the API that was called.</summary>
    public static bool IsMissingApi(string? code) => code is "ENDPOINT_NOT_FOUND" or "FEATURE_DISABLED" or "NOT_IMPLEMENTED";
}
