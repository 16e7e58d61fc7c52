using System.Text.Json;
using PolicySync.Adapters.Workspaces.Errors;
using PolicySync.Core.Errors;
using PolicySync.Core.Securables;

namespace PolicySync.Adapters.UnityCatalog;

/// <summary>
/// Checks that an answer has the members that every valid answer to its request has. Other answers are refused: taking a
/// missing member for an empty one could leave grants unrevoked or tables unguarded (docs/adr/0023).
/// </summary>
internal static class AnswerCheck
{
    /// <summary>Refuses an object other than the requested one.</summary>
    /// <exception cref="SyncException"><see cref="SyncErrorCode.Unavailable"/>.</exception>
    public static void IsAbout(Securable securable, string? name, string? fullName, string? metastoreId)
    {
        // The full name of a connection may have a container, so only its own name is compared; a metastore is identified by its id.
        var isRequested = securable.Type == SecurableType.Metastore
            ? Same(metastoreId, securable.Name)
            : !(string.IsNullOrEmpty(name) && string.IsNullOrEmpty(fullName))
                && (string.IsNullOrEmpty(name) || Same(name, securable.Name))
                && (string.IsNullOrEmpty(fullName) || securable.Type == SecurableType.Connection || Same(fullName, securable.FullName));
        if (!isRequested)
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

    /// <summary>Refuses a table's name that is not one in <paramref name="catalog"/>, and returns its parts.</summary>
    /// <exception cref="SyncException"><see cref="SyncErrorCode.Unavailable"/>.</exception>
    public static string[] IsTableOf(Securable catalog, string? fullName) => fullName?.Split('.') is [var first, ..] parts && Same(first, catalog.Name)
        ? parts
        : throw new SyncException(SyncErrorCode.Unavailable, $"databricks listed `{SafeText.Of(fullName ?? "")}` among the tables of {catalog}");

    /// <summary>
    /// Refuses a list answer that has members, but none of a list. Only an answer without any member means an empty list
    /// (reference unity-catalog.md §0.8).
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

    /// <summary>Refuses an assignment without a principal or privileges: the server omits principals without privileges.</summary>
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
    /// Why a table's columns are known to be incomplete, as text for people; null when they may be complete. Positions count
    /// from 0 without gaps (databricks-sdk-go, ColumnInfo), so an omitted column leaves a gap.
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

    private static bool Same(string? answered, string requested) => string.Equals(answered, requested, StringComparison.OrdinalIgnoreCase);
}
