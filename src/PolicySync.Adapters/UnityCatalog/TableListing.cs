using Microsoft.Extensions.Logging;
using PolicySync.Adapters.Workspaces;
using PolicySync.Adapters.Workspaces.Errors;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.NewObjects;
using PolicySync.Core.Securables;
using static PolicySync.Adapters.Workspaces.Errors.WorkspaceErrors;

namespace PolicySync.Adapters.UnityCatalog;

/// <summary>Lists tables over the REST API of Unity Catalog.</summary>
internal sealed partial class TableListing(IUnityCatalogApi api, ILogger<TableListing> logger) : ITableListing
{
    /// <summary>Lets the server choose the page size, up to 10,000 (databricks-sdk-py, TablesAPI.list_summaries).</summary>
    private const int ServersPageSize = 0;

    private const string Yes = "true";

    public async Task<TablePage<TableName>> ListNamesAsync(Securable catalog, string? pageToken, CallMeter meter, CancellationToken cancellation)
    {
        var page = await NamesAsync(catalog, pageToken, meter, cancellation);
        AnswerCheck.IsList("table summaries", page.Tables, page.NextPageToken, page.Others);
        var names = new List<TableName>(page.Tables?.Count ?? 0);
        foreach (var item in page.Tables ?? [])
        {
            var parts = AnswerCheck.IsTableOf(catalog, item?.FullName);
            if (parts.Length == 3 && Array.TrueForAll(parts, part => SecurableName.Fault(part) is null))
            {
                names.Add(new TableName(Securable.Of(SecurableType.Table, parts), string.IsNullOrEmpty(item!.TableType) ? null : item.TableType));
            }
            else
            {
                LogLeftOut(SafeText.Of(item!.FullName!));
            }
        }

        return new TablePage<TableName>(names, PageLimit.After(pageToken, page.NextPageToken));
    }

    public async Task<TablePage<ListedTable>> ListTablesAsync(Securable schema, string? pageToken, CallMeter meter, CancellationToken cancellation)
    {
        var page = Required(await api.ListObjectsAsync(
            SecurableReader.Collection(SecurableType.Table), schema.CatalogName, schema.Name, ServersPageSize, pageToken, Yes, Yes,
            new WorkspaceCall(meter), cancellation));
        AnswerCheck.IsList("tables", page.Tables, page.NextPageToken, page.Others);
        var tables = new List<ListedTable>(page.Tables?.Count ?? 0);
        foreach (var item in (page.Tables ?? []).Select(item => AnswerCheck.IsIn(SecurableType.Table, schema, item)))
        {
            if (SecurableReader.Identify(SecurableType.Table, schema, item) is { } table)
            {
                tables.Add(SecurableReader.Listed(table, item));
            }
            else
            {
                LogLeftOut(SafeText.Of(item.FullName ?? item.Name ?? ""));
            }
        }

        return new TablePage<ListedTable>(tables, PageLimit.After(pageToken, page.NextPageToken));
    }

    private async Task<TableSummariesAnswer> NamesAsync(Securable catalog, string? pageToken, CallMeter meter, CancellationToken cancellation)
    {
        try
        {
            return Required(await api.ListTableSummariesAsync(catalog.Name, ServersPageSize, pageToken, new WorkspaceCall(meter), cancellation));
        }
        catch (SyncException e) when (ServerCodes.IsMissingApi(e.ServerCode))
        {
            throw new SyncException(SyncErrorCode.PermissionDenied, "the workspace has no table summaries", e) { ServerCode = e.ServerCode };
        }
    }

    [LoggerMessage(160, LogLevel.Warning, "Skipped table {FullName} in a list: no table can have this name")]
    private partial void LogLeftOut(string fullName);
}
