using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Securables;

namespace PolicySync.Core.NewObjects;

/// <summary>The name of a table or view.</summary>
/// <param name="Table">The table.</param>
/// <param name="Kind">Its <c>table_type</c>; null when it was not returned.</param>
public sealed record TableName(Securable Table, string? Kind);

/// <summary>A table or view with what tells it from another of its name.</summary>
/// <param name="Table">The table.</param>
/// <param name="Kind">Its <c>table_type</c>; null when it was not returned.</param>
/// <param name="Identity">Its id: <c>table_id</c>, else <c>created_at</c>; null when neither was returned.</param>
public sealed record ListedTable(Securable Table, string? Kind, string? Identity)
{
    /// <summary>When it was made, by the workspace's clock; null when not returned.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When its definition was changed last, by the workspace's clock; null when not returned.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }
}

/// <summary>One page of a list. A page may be empty and still have a next one.</summary>
/// <typeparam name="T">What is listed.</typeparam>
/// <param name="Items">What the page has.</param>
/// <param name="NextPageToken">Pass it on to read further; null at the end.</param>
public sealed record TablePage<T>(IReadOnlyList<T> Items, string? NextPageToken);

/// <summary>
/// Lists tables and views without columns. Every method may throw <see cref="SyncException"/> as <see cref="IUnityCatalog"/> does.
/// </summary>
public interface ITableListing
{
    /// <summary>
    /// Reads a page of the names in a catalog: all only for a metastore admin, otherwise those that the caller owns or may SELECT
    /// from. Source: GET /api/2.1/unity-catalog/table-summaries.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="pageToken">From the page before; null for the first.</param>
    /// <param name="meter">Counts the request.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="SyncException">
    /// <see cref="SyncErrorCode.PermissionDenied"/>: the caller may not use this list, or the workspace does not have it.
    /// </exception>
    Task<TablePage<TableName>> ListNamesAsync(Securable catalog, string? pageToken, CallMeter meter, CancellationToken cancellation);

    /// <summary>Reads a page of the tables in a schema. Source: GET /api/2.1/unity-catalog/tables.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="pageToken">From the page before; null for the first.</param>
    /// <param name="meter">Counts the request.</param>
    /// <param name="cancellation">Stops waiting.</param>
    Task<TablePage<ListedTable>> ListTablesAsync(Securable schema, string? pageToken, CallMeter meter, CancellationToken cancellation);
}
