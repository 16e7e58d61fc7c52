using PolicySync.ContractCheck.Workspaces;
using PolicySync.Core.Securables;

namespace PolicySync.ContractCheck.Probes;

/// <summary>The list by which the watch finds new tables.</summary>
internal static class WatchProbes
{
    public static IReadOnlyList<Probe> All =>
    [
        new(new("table-summaries", "Table summaries of the catalog with max_results=0, read to the last page", "a table that was just created is listed, with its type",
            "the watch for new objects; otherwise it lists the tables of each schema, a call for each"), SummariesAsync),
    ];

    private static async Task<Answer> SummariesAsync(Scene scene, CancellationToken stop)
    {
        var table = await scene.LeafAsync(SecurableType.Table, stop);
        var (pages, tables, isThere) = (0, 0, false);
        string? token = null;
        do
        {
            var page = await scene.Raw.GetAsync(
                $"{Routes.UnityCatalog}/table-summaries?catalog_name={Uri.EscapeDataString(scene.Catalog.Name)}&max_results=0{(token is null ? "" : $"&page_token={Uri.EscapeDataString(token)}")}", stop);
            if (page is { IsSuccess: false, Status: 403 or 404 })
            {
                return Answer.If(holds: false, page.Short);
            }

            var items = page.Required("table summaries").Items("tables").ToList();
            isThere |= items.Exists(item => (string?)item["full_name"] == table.FullName && item["table_type"] is not null);
            (pages, tables, token) = (pages + 1, tables + items.Count, page.Text("next_page_token"));
        }
        while (!string.IsNullOrEmpty(token));

        return Answer.If(isThere, $"{(isThere ? "among" : "not among")} {tables} tables on {pages} pages");
    }
}
