using System.Globalization;
using PolicySync.Core.Guards;
using PolicySync.Core.Securables;

namespace PolicySync.Adapters.Statements;

/// <summary>Reads what GET table says.</summary>
internal static class TableReader
{
    public static TableShape Shape(Securable table, TableAnswer answer)
    {
        var identity = string.IsNullOrEmpty(answer.TableId) ? answer.CreatedAt?.ToString(CultureInfo.InvariantCulture) : answer.TableId;
        var kind = string.IsNullOrEmpty(answer.TableType) ? "TABLE" : answer.TableType.ToUpperInvariant();
        return new TableShape(
            new SecurableFacts(table, kind, string.IsNullOrEmpty(answer.Owner) ? null : answer.Owner, identity),
            [.. (answer.Columns ?? []).OfType<ColumnAnswer>().Where(column => !string.IsNullOrEmpty(column.Name))
                .OrderBy(column => column.Position ?? int.MaxValue)
                .Select(column => new TableColumn(column.Name!, column.TypeText ?? "", Mask(column.Mask)))],
            Guard(answer.RowFilter?.FunctionName, answer.RowFilter?.InputColumnNames, answer.RowFilter?.InputArguments));
    }

    private static AttachedGuard? Mask(MaskAnswer? mask) => Guard(mask?.FunctionName, mask?.UsingColumnNames, mask?.UsingArguments);

    // Older answers list columns only; newer ones constants too.
    private static AttachedGuard? Guard(string? function, IReadOnlyList<string?>? columns, IReadOnlyList<ArgumentAnswer?>? arguments) =>
        string.IsNullOrEmpty(function) ? null
        : new AttachedGuard(function, arguments is { Count: > 0 }
            ? arguments.All(argument => argument?.Column is not null) ? [.. arguments.Select(argument => argument!.Column!)] : null
            : [.. (columns ?? []).OfType<string>()]);
}
