using UnityCatalog.Emulator.Catalog;
using UnityCatalog.Emulator.Permissions;
using UnityCatalog.Emulator.State;

namespace UnityCatalog.Emulator.Sql;

/// <summary>Runs a SELECT as its caller: checks rights, applies row filter and masks, then runs the query on the result.</summary>
internal sealed class SelectRunner(Workspace workspace, Caller caller)
{
    private static readonly SqlType Number = SqlType.Of("bigint");

    public SqlRows Run(Select select)
    {
        var table = select.From is { } name ? Require(name) : null;
        var items = select.Items ?? [.. table!.Details.Columns!.Select(column => new SelectItem(column.Name, new NameReference(column.Name)))];
        new BodyCheck(
            [.. (table?.Details.Columns ?? []).Select(column => (column.Name, SqlType.Of(column.Type)))],
            function => Functions.Find(workspace, function)).CheckAll([.. items.Select(item => item.Value), select.Where]);
        var session = TableReader.SessionOf(workspace, caller.Principal);
        var read = table is null ? [[]] : TableReader.ReadRows(workspace, caller.Principal, table);
        var kept = read
            .Where(row => select.Where is not { } where || SqlValues.Truth(new Evaluator(session).Evaluate(where, row)) == true)
            .Take(select.Limit ?? int.MaxValue)
            .ToList();
        if (items is [{ Value: null } count])
        {
            return new SqlRows([(count.Name, Number)], [[SqlValues.Show((decimal)kept.Count)]]);
        }

        var values = kept.Select(row => items.Select(item => new Evaluator(session).Evaluate(item.Value!, row)).ToList()).ToList();
        return new SqlRows(
            [.. items.Select((item, i) => (item.Name, TypeOf(table, item.Value!, values.Select(row => row[i]))))],
            [.. values.Select(row => (IReadOnlyList<string?>)[.. row.Select(SqlValues.Show)])]);
    }

    private Securable Require(string[] name)
    {
        var table = workspace.Metastore.Require(SecurableFamily.Table, string.Join('.', name).ToLowerInvariant());
        return caller.WhyUnreadable(table) is { } refusal ? throw refusal : table;
    }

    // A column keeps its type; another value is of the type that it turns out to be.
    private static SqlType TypeOf(Securable? table, Expression value, IEnumerable<object?> values) =>
        value is NameReference { Name: var name }
        && table?.Details.Columns?.FirstOrDefault(column => string.Equals(column.Name, name, StringComparison.OrdinalIgnoreCase)) is { } found
            ? SqlType.Of(found.Type)
            : values.FirstOrDefault(one => one is not null) switch
            {
                bool => SqlType.Boolean,
                decimal => Number,
                double => SqlType.Of("double"),
                DateOnly => SqlType.Of("date"),
                DateTime => SqlType.Of("timestamp"),
                _ => SqlType.String,
            };
}
