using PolicySync.ContractCheck.Workspaces;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Guards;
using PolicySync.Core.Securables;

namespace PolicySync.ContractCheck.Probes;

/// <summary>Statements, row filters and column masks. They need a warehouse.</summary>
internal static class SqlProbes
{
    public static IReadOnlyList<Probe> All =>
    [
        new(new("statement-failure", "A statement that is not SQL", "200, state FAILED, a message that begins with [ERROR_CLASS]",
            "a failed statement is distinguished from a failed call, and reported with its class"), FailureAsync),
        new(new("filter-read-back", "GET of a table after SET ROW FILTER", "the function's full name without quotes, and the column",
            "a filter in force is not set again, and ours is distinguished from another party's"), FilterAsync),
        new(new("mask-read-back", "GET of a table after SET MASK with a further column", "the function's full name without quotes, and that column alone",
            "the same for masks"), MaskAsync),
        new(new("filter-replaced", "SET ROW FILTER on a table that has one", "replaces it",
            "a filter is replaced without a moment that has no filter"), ReplacedAsync),
        new(new("function-in-use", "DROP FUNCTION of a row filter in force", "refused",
            "nothing: functions are dropped only after the table no longer shows them; the emulator's behaviour"), InUseAsync),
        new(new("foreign-table-filter", "SET ROW FILTER on a foreign table", "refused",
            "the service sets no guards on foreign tables, and withholds SELECT there where a filter or mask applies; if it is accepted, more is withheld than necessary"), ForeignAsync),
    ];

    private static async Task<Answer> FailureAsync(Scene scene, CancellationToken stop)
    {
        scene.NeedWarehouse();
        await scene.LeafAsync(SecurableType.Table, stop); // by then the warehouse runs
        var answer = (await scene.Raw.PostAsync(Routes.Statements, new()
        {
            ["statement"] = "THIS IS NO STATEMENT", ["warehouse_id"] = scene.Options.WarehouseId, ["wait_timeout"] = "50s", ["on_wait_timeout"] = "CANCEL",
        }, stop)).ToThePoint("the statement");
        if (!answer.IsSuccess)
        {
            return Answer.If(holds: false, answer.Long);
        }

        var state = (string?)answer.Body?["status"]?["state"];
        var message = (string?)answer.Body?["status"]?["error"]?["message"] ?? "";
        var word = message.StartsWith('[') && message.IndexOf(']', StringComparison.Ordinal) is > 1 and var end ? message[..(end + 1)] : "no error class";
        return Answer.If(state == "FAILED" && word.StartsWith('['), $"{answer.Status}, state {state ?? "absent"}, {word}");
    }

    private static async Task<Answer> FilterAsync(Scene scene, CancellationToken stop)
    {
        var (table, filter) = await FilteredAsync(scene, "filter_read_back", stop);
        return Compare((await TableAsync(scene, table, stop)).RowFilter, filter, "region");
    }

    private static async Task<Answer> MaskAsync(Scene scene, CancellationToken stop)
    {
        var mask = await FunctionAsync(scene, "mask_read_back", "(ssn STRING, region STRING) RETURNS STRING", "CASE WHEN region = 'EU' THEN ssn END", stop);
        var table = await NewTableAsync(scene, "mask_read_back_t", stop);
        await scene.SqlAsync($"ALTER TABLE {Sql.Name(table)} ALTER COLUMN ssn SET MASK {Sql.Name(mask)} USING COLUMNS (region)", stop);
        var shown = (await TableAsync(scene, table, stop)).Columns.FirstOrDefault(column => column.Name == "ssn")?.Mask;
        return Compare(shown, mask, "region");
    }

    private static async Task<Answer> ReplacedAsync(Scene scene, CancellationToken stop)
    {
        var other = await FunctionAsync(scene, "filter_replaced_2", "(region STRING) RETURNS BOOLEAN", "region = 'US'", stop);
        var (table, _) = await FilteredAsync(scene, "filter_replaced_1", stop);
        await scene.SqlAsync($"ALTER TABLE {Sql.Name(table)} SET ROW FILTER {Sql.Name(other)} ON (region)", stop);
        return Compare((await TableAsync(scene, table, stop)).RowFilter, other, "region");
    }

    private static async Task<Answer> InUseAsync(Scene scene, CancellationToken stop)
    {
        var (_, filter) = await FilteredAsync(scene, "function_in_use", stop);
        try
        {
            await scene.SqlAsync($"DROP FUNCTION {Sql.Name(filter)}", stop);
            return Answer.If(holds: false, "dropped");
        }
        catch (SyncException e) when (e.Code == SyncErrorCode.InvalidPlan)
        {
            return Answer.If(holds: true, $"refused: {e.ServerCode}");
        }
    }

    private static async Task<Answer> ForeignAsync(Scene scene, CancellationToken stop)
    {
        if (scene.Arguments.ForeignTable is not { } table)
        {
            throw new NotAskedException("needs a foreign table that may be changed for a moment: --foreign-table");
        }

        scene.NeedWarehouse();
        var shape = await TableAsync(scene, table, stop);
        if (shape.Facts.Kind != "FOREIGN" || shape.RowFilter is not null)
        {
            throw new NotAskedException(shape.RowFilter is null ? $"the table is {shape.Facts.Kind}, not FOREIGN" : "the table has a row filter already");
        }

        var filter = await FunctionAsync(scene, "foreign_filter", "() RETURNS BOOLEAN", "TRUE", stop);
        scene.Made.Note($"the row filter of the check on {table}", token => UndoAsync(scene, table, filter, token));
        try
        {
            await scene.SqlAsync($"ALTER TABLE {Sql.Name(table)} SET ROW FILTER {Sql.Name(filter)} ON ()", stop);
        }
        catch (SyncException e) when (e.Code == SyncErrorCode.InvalidPlan)
        {
            return Answer.If(holds: true, $"refused: {e.ServerCode}");
        }

        var shown = (await TableAsync(scene, table, stop)).RowFilter;
        return Answer.If(holds: false, shown is null ? "accepted, and not shown" : "accepted, and shown");
    }

    // Takes away the check's own filter, and no other.
    private static async Task<string?> UndoAsync(Scene scene, Securable table, Securable filter, CancellationToken stop)
    {
        if (!string.Equals((await TableAsync(scene, table, stop)).RowFilter?.Function, filter.FullName, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        await scene.SqlAsync($"ALTER TABLE {Sql.Name(table)} DROP ROW FILTER", stop);
        return null;
    }

    // The function is made before the table: what is removed first must not be in use.
    private static async Task<(Securable Table, Securable Filter)> FilteredAsync(Scene scene, string name, CancellationToken stop)
    {
        var filter = await FunctionAsync(scene, name, "(region STRING) RETURNS BOOLEAN", "region = 'EU'", stop);
        var table = await NewTableAsync(scene, name + "_t", stop);
        await scene.SqlAsync($"ALTER TABLE {Sql.Name(table)} SET ROW FILTER {Sql.Name(filter)} ON (region)", stop);
        return (table, filter);
    }

    private static async Task<Securable> FunctionAsync(Scene scene, string name, string signature, string body, CancellationToken stop)
    {
        var function = scene.Named(SecurableType.Function, name);
        await scene.MakeBySqlAsync(function, $"CREATE FUNCTION {Sql.Name(function)}{signature} COMMENT '{scene.Made.Mark}' RETURN {body}", stop);
        return function;
    }

    private static Task<Securable> NewTableAsync(Scene scene, string name, CancellationToken stop) =>
        scene.MakeAsync(scene.Named(SecurableType.Table, name), stop);

    private static Task<TableShape> TableAsync(Scene scene, Securable table, CancellationToken stop) =>
        scene.Guards.GetTableAsync(table, new CallMeter(), stop);

    // As the service itself compares.
    private static Answer Compare(AttachedGuard? shown, Securable function, string column)
    {
        var isSo = shown is { Columns: [var only] } && string.Equals(shown.Function, function.FullName, StringComparison.OrdinalIgnoreCase)
            && string.Equals(only, column, StringComparison.OrdinalIgnoreCase);
        return Answer.If(isSo, shown is null ? "nothing"
            : $"{shown.Function} ({(shown.Columns is { } columns ? string.Join(", ", columns) : "constants")})");
    }
}
