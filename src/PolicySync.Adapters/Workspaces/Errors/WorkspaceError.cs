namespace PolicySync.Adapters.Workspaces.Errors;

/// <summary>An answer that is not a success, in one form whatever form it came in.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">The server's word, such as <c>TABLE_DOES_NOT_EXIST</c>; null when it gave none.</param>
/// <param name="Message">The server's text, never empty.</param>
/// <param name="IsDatabricks">
/// True when the body has the form of a Databricks error. Other bodies come from what lies between: their 404 does not
/// prove that an object is gone.
/// </param>
/// <param name="RetryDelay">From a <c>RetryInfo</c> detail.</param>
internal sealed record WorkspaceError(int Status, string? Code, string Message, bool IsDatabricks, TimeSpan? RetryDelay = null);
