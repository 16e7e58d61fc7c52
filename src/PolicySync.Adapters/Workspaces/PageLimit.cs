using PolicySync.Adapters.Workspaces.Errors;
using PolicySync.Core.Errors;

namespace PolicySync.Adapters.Workspaces;

/// <summary>
/// Stops a list that would never end: one with repeated page tokens, or with ever new ones. One instance per list.
/// </summary>
internal sealed class PageLimit(string what)
{
    /// <summary>Most pages of one list. A page of grants holds at least 150 principals.</summary>
    public const int MaxPages = 1_000;

    /// <summary>Longest token, which is part of an address.</summary>
    public const int MaxToken = 8 * 1024;

    private readonly HashSet<string> _tokens = new(StringComparer.Ordinal);

    /// <summary>The token of the next page; null at the end.</summary>
    /// <exception cref="SyncException"><see cref="SyncErrorCode.Unavailable"/>: the list would not end.</exception>
    public string? Next(string? token) =>
        string.IsNullOrEmpty(token) ? null
        : token.Length > MaxToken ? throw Endless($"a page token of over {MaxToken} characters for {what}")
        : !_tokens.Add(token) ? throw Endless($"the same page token twice for {what}; the list would never end")
        : _tokens.Count >= MaxPages ? throw Endless($"over {MaxPages} pages of {what}")
        : token;

    /// <summary>The token of the page after one that was read by <paramref name="before"/>, for lists that callers read page by page; null at the end.</summary>
    /// <exception cref="SyncException"><see cref="SyncErrorCode.Unavailable"/>: the list would not end.</exception>
    public static string? After(string? before, string? token) =>
        string.IsNullOrEmpty(token) ? null
        : string.Equals(token, before, StringComparison.Ordinal)
            ? throw new SyncException(SyncErrorCode.Unavailable, "databricks gave the same page token twice; the listing would never end")
        : token.Length > MaxToken ? throw new SyncException(SyncErrorCode.Unavailable, $"databricks gave a page token of over {MaxToken} characters")
        : token;

    private static SyncException Endless(string fault) => new(SyncErrorCode.Unavailable, $"databricks gave {SafeText.Of(fault)}");
}
