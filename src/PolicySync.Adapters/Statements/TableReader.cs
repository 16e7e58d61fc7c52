using System.Globalization;
using PolicySync.Adapters.UnityCatalog;
using PolicySync.Core.Errors;
using PolicySync.Core.Guards;
using PolicySync.Core.Securables;

namespace PolicySync.Adapters.Statements;

/// <summary>Reads the answers about tables and functions.</summary>
internal static class TableReader
{
    /// <exception cref="SyncException"><see cref="SyncErrorCode.Unavailable"/>: the answer is not about the table.</exception>
    public static TableShape Shape(Securable table, TableAnswer answer)
    {
        AnswerCheck.IsAbout(table, answer.Name, answer.FullName, metastoreId: null);
        var identity = string.IsNullOrEmpty(answer.TableId) ? answer.CreatedAt?.ToString(CultureInfo.InvariantCulture) : answer.TableId;
        var kind = string.IsNullOrEmpty(answer.TableType) ? "TABLE" : answer.TableType.ToUpperInvariant();
        return new TableShape(
            new SecurableFacts(table, kind, string.IsNullOrEmpty(answer.Owner) ? null : answer.Owner, identity) { CreatedAt = SecurableReader.Time(answer.CreatedAt) },
            [.. (answer.Columns ?? []).OfType<ColumnAnswer>().Where(column => !string.IsNullOrEmpty(column.Name))
                .OrderBy(column => column.Position ?? int.MaxValue)
                .Select(column => new TableColumn(column.Name!, column.TypeText ?? "", Mask(column.Mask)))],
            answer.RowFilter is { } filter ? Guard(filter.FunctionName, filter.InputColumnNames, filter.InputArguments) : null)
        {
            Fault = AnswerCheck.FaultOfColumns(answer.Columns?.Select(column => (column?.Name, column?.Position)).ToList()),
        };
    }

    /// <summary>The function that an answer describes.</summary>
    /// <exception cref="SyncException">The answer names another function.</exception>
    public static ToldFunction Function(string fullName, FunctionAnswer answer) =>
        !string.IsNullOrEmpty(answer.FullName) && !string.Equals(answer.FullName, fullName, StringComparison.OrdinalIgnoreCase)
            ? throw new SyncException(SyncErrorCode.Unavailable, $"databricks answered about another function than `{fullName}`")
            : new ToldFunction(fullName)
            {
                Owner = NonEmpty(answer.Owner),
                Definition = NonEmpty(answer.RoutineDefinition),
                Returns = NonEmpty(answer.FullDataType) ?? NonEmpty(answer.DataType),
                Parameters = [.. (answer.InputParams?.Parameters ?? []).OfType<ParameterAnswer>().OrderBy(parameter => parameter.Position ?? int.MaxValue)
                    .Select(parameter => (parameter.Name ?? "", parameter.TypeText ?? ""))],
                UpdatedAt = answer.UpdatedAt,
                UpdatedBy = NonEmpty(answer.UpdatedBy),
            };

    private static string? NonEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static AttachedGuard? Mask(MaskAnswer? mask) =>
        mask is null ? null : Guard(mask.FunctionName, mask.UsingColumnNames, mask.UsingArguments);

    // Older answers list columns only, newer ones also constants. A guard without a function name is still a guard; it counts
    // as foreign.
    private static AttachedGuard Guard(string? function, IReadOnlyList<string?>? columns, IReadOnlyList<ArgumentAnswer?>? arguments) =>
        new(function ?? "", arguments is { Count: > 0 }
            ? arguments.All(argument => argument?.Column is not null) ? [.. arguments.Select(argument => argument!.Column!)] : null
            : [.. (columns ?? []).OfType<string>()]);
}
