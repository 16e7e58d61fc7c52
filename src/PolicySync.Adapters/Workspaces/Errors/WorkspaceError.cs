namespace PolicySync.Adapters.Workspaces.Errors;

/// <summary>An error answer in one form, independent of the shape of its body.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">The server's code, for example <c>TABLE_DOES_NOT_EXIST</c>; null without one.</param>
/// <param name="Message">The server's text, never empty.</param>
/// <param name="IsDatabricks">
/// True when the body has the form of a Databricks error. Other bodies come from proxies: their 404 does not prove that an
/// object is gone.
/// </param>
/// <param name="RetryDelay">From a <c>RetryInfo</c> detail.</param>
internal sealed record WorkspaceError(int Status, string? Code, string Message, bool IsDatabricks, TimeSpan? RetryDelay = null);
