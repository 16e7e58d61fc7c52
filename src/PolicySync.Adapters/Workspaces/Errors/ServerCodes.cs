namespace PolicySync.Adapters.Workspaces.Errors;

/// <summary>
/// Words in <see cref="Core.Errors.SyncException.ServerCode"/> by which Core isolates what a PATCH was refused for.
/// </summary>
internal static class ServerCodes
{
    /// <summary>Databricks' own word; it is also set where the server names the case by its message only.</summary>
    public const string PrincipalDoesNotExist = "PRINCIPAL_DOES_NOT_EXIST";

    /// <summary>Our word: Databricks says INVALID_PARAMETER_VALUE and «Privilege X is not applicable to this entity».</summary>
    public const string PrivilegeNotApplicable = "PRIVILEGE_NOT_APPLICABLE";

    /// <summary>Our word: Databricks says INVALID_PARAMETER_VALUE and «Duplicate privileges to add and delete».</summary>
    public const string DuplicateAddRemove = "DUPLICATE_ADD_REMOVE";

    /// <summary>Our word: an answer was larger than any that is read.</summary>
    public const string AnswerTooLarge = "ANSWER_TOO_LARGE";
}
