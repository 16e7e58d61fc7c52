using System.Globalization;
using PolicySync.Adapters.UnityCatalog;
using PolicySync.Core.Errors;
using PolicySync.Core.Guards;
using PolicySync.Core.Securables;

namespace PolicySync.Adapters.Statements;

/// <summary>Reads what GET table says.</summary>
internal static class TableReader
{
    /// <exception cref="SyncException"><see cref="SyncErrorCode.Unavailable"/>: it is not about the table.</exception>
    public static TableShape Shape(Securable table, TableAnswer answer)
    {
        AnswerCheck.IsAbout(table, answer.Name, answer.FullName, metastoreId: null);
        var identity = string.IsNullOrEmpty(answer.TableId) ? answer.CreatedAt?.ToString(CultureInfo.InvariantCulture) : answer.TableId;
        var kind = string.IsNullOrEmpty(answer.TableType) ? "TABLE" : answer.TableType.ToUpperInvariant();
        return new TableShape(
            new SecurableFacts(table, kind, string.IsNullOrEmpty(answer.Owner) ? null : answer.Owner, identity),
            [.. (answer.Columns ?? []).OfType<ColumnAnswer>().Where(column => !string.IsNullOrEmpty(column.Name))
                .OrderBy(column => column.Position ?? int.MaxValue)
                .Select(column => new TableColumn(column.Name!, column.TypeText ?? "", Mask(column.Mask)))],
            answer.RowFilter is { } filter ? Guard(filter.FunctionName, filter.InputColumnNames, filter.InputArguments) : null)
        {
            Fault = AnswerCheck.FaultOfColumns(answer.Columns?.Select(column => (column?.Name, column?.Position)).ToList()),
        };
    }

    /// <summary>A function: what is told of another one says nothing of it.</summary>
    /// <exception cref="SyncException">The answer names another function.</exception>
    public static ToldFunction Function(string fullName, FunctionAnswer answer) =>
        !string.IsNullOrEmpty(answer.FullName) && !string.Equals(answer.FullName, fullName, StringComparison.OrdinalIgnoreCase)
            ? throw new SyncException(SyncErrorCode.Unavailable, $"databricks was asked for the function `{fullName}` and told of another one")
            : new ToldFunction(fullName)
            {
                Owner = Told(answer.Owner),
                Definition = Told(answer.RoutineDefinition),
                Returns = Told(answer.FullDataType) ?? Told(answer.DataType),
                Parameters = [.. (answer.InputParams?.Parameters ?? []).OfType<ParameterAnswer>().OrderBy(parameter => parameter.Position ?? int.MaxValue)
                    .Select(parameter => (parameter.Name ?? "", parameter.TypeText ?? ""))],
                UpdatedAt = answer.UpdatedAt,
                UpdatedBy = Told(answer.UpdatedBy),
            };

    private static string? Told(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static AttachedGuard? Mask(MaskAnswer? mask) =>
        mask is null ? null : Guard(mask.FunctionName, mask.UsingColumnNames, mask.UsingArguments);

    // Older answers list columns only; newer ones constants too. A guard without a name is a guard all the same, of which
    // nobody can say that it is ours.
    private static AttachedGuard Guard(string? function, IReadOnlyList<string?>? columns, IReadOnlyList<ArgumentAnswer?>? arguments) =>
        new(function ?? "", arguments is { Count: > 0 }
            ? arguments.All(argument => argument?.Column is not null) ? [.. arguments.Select(argument => argument!.Column!)] : null
            : [.. (columns ?? []).OfType<string>()]);
}
