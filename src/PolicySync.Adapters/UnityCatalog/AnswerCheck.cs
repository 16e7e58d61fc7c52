using System.Text.Json;
using PolicySync.Adapters.Workspaces.Errors;
using PolicySync.Core.Errors;
using PolicySync.Core.Securables;

namespace PolicySync.Adapters.UnityCatalog;

/// <summary>
/// Whether an answer holds what every true answer to its question holds. What does not is no answer: to take what it lacks
/// for empty could revoke nothing, or guard nothing, where the truth is another (docs/adr/0023).
/// </summary>
internal static class AnswerCheck
{
    /// <summary>Refuses an object that is not the one that was asked for.</summary>
    /// <exception cref="SyncException"><see cref="SyncErrorCode.Unavailable"/>.</exception>
    public static void IsAbout(Securable securable, string? name, string? fullName, string? metastoreId)
    {
        // A connection may come to lie below something, so only its own name is compared; a metastore goes by its id.
        var isTold = securable.Type == SecurableType.Metastore
            ? Same(metastoreId, securable.Name)
            : !(string.IsNullOrEmpty(name) && string.IsNullOrEmpty(fullName))
                && (string.IsNullOrEmpty(name) || Same(name, securable.Name))
                && (string.IsNullOrEmpty(fullName) || securable.Type == SecurableType.Connection || Same(fullName, securable.FullName));
        if (!isTold)
        {
            throw WorkspaceErrors.Lacking($"an answer about {securable}", "its name");
        }
    }

    /// <summary>Refuses a listing's item without a name, or from another container than the one that is listed.</summary>
    /// <exception cref="SyncException"><see cref="SyncErrorCode.Unavailable"/>.</exception>
    public static ObjectAnswer IsIn(SecurableType type, Securable? parent, ObjectAnswer? item)
    {
        var name = type == SecurableType.Metastore ? item?.MetastoreId : item?.Name ?? item?.FullName;
        if (string.IsNullOrEmpty(name))
        {
            throw WorkspaceErrors.Lacking($"an item of the list of {SecurableReader.Collection(type)}", "a name");
        }

        return parent is null || string.IsNullOrEmpty(item!.FullName) || item.FullName.StartsWith(parent.FullName + '.', StringComparison.OrdinalIgnoreCase)
            ? item!
            : throw new SyncException(
                SyncErrorCode.Unavailable, $"databricks listed `{SafeText.Of(item.FullName)}` among the {SecurableReader.Collection(type)} of {parent}");
    }

    /// <summary>
    /// Refuses a list answer that has none of the members of one, but others: it answers something else. Only an answer with
    /// nothing in it says that there is nothing (reference unity-catalog.md §0.8).
    /// </summary>
    /// <param name="what">What is listed.</param>
    /// <param name="array">The array of the answer; null when it is absent.</param>
    /// <param name="nextPageToken">Its token.</param>
    /// <param name="others">Members that no such answer has.</param>
    /// <exception cref="SyncException"><see cref="SyncErrorCode.Unavailable"/>.</exception>
    public static void IsList(string what, object? array, string? nextPageToken, IReadOnlyDictionary<string, JsonElement>? others)
    {
        if (array is null && string.IsNullOrEmpty(nextPageToken) && others is { Count: > 0 })
        {
            throw WorkspaceErrors.Lacking($"an answer about {what}", $"a list of them, but with `{SafeText.Of(others.Keys.First())}`");
        }
    }

    /// <summary>Refuses an assignment that does not say who holds what: the server drops who holds nothing.</summary>
    /// <exception cref="SyncException"><see cref="SyncErrorCode.Unavailable"/>.</exception>
    public static void IsAssignment(Securable on, string? principal, long? principalId, IEnumerable<string?>? privileges)
    {
        var names = privileges?.ToList() ?? [];
        if ((string.IsNullOrEmpty(principal) && principalId is null) || names.Count == 0 || names.Exists(string.IsNullOrWhiteSpace))
        {
            throw WorkspaceErrors.Lacking($"a grant on {on}", "a principal and privileges");
        }
    }

    /// <summary>
    /// Why a table's columns cannot be all that it has, for people; null when they can. Positions count from 0 without gaps
    /// (databricks-sdk-go, ColumnInfo), so that one that is left out leaves a gap.
    /// </summary>
    public static string? FaultOfColumns(IReadOnlyList<(string? Name, int? Position)>? columns)
    {
        if (columns is null or { Count: 0 })
        {
            return "the workspace does not list its columns";
        }

        var names = columns.Select(column => column.Name ?? "").ToHashSet(StringComparer.OrdinalIgnoreCase);
        var positions = columns.Select(column => column.Position).OfType<int>().Order().ToList();
        return names.Contains("") || names.Count < columns.Count ? "the workspace does not name each of its columns"
            : positions.Count > 0 && !positions.SequenceEqual(Enumerable.Range(0, columns.Count)) ? "the workspace does not list all of its columns"
            : null;
    }

    private static bool Same(string? told, string asked) => string.Equals(told, asked, StringComparison.OrdinalIgnoreCase);
}
