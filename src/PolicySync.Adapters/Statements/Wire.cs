using System.Text.Json.Serialization;

namespace PolicySync.Adapters.Statements;

/// <summary>A table; every member may be absent.</summary>
internal sealed record TableAnswer
{
    public string? Name { get; init; }

    public string? FullName { get; init; }

    public string? TableType { get; init; }

    public string? Owner { get; init; }

    public string? TableId { get; init; }

    public long? CreatedAt { get; init; }

    public IReadOnlyList<ColumnAnswer?>? Columns { get; init; }

    public RowFilterAnswer? RowFilter { get; init; }
}

/// <summary>A column of a table.</summary>
internal sealed record ColumnAnswer
{
    public string? Name { get; init; }

    public string? TypeText { get; init; }

    public int? Position { get; init; }

    public MaskAnswer? Mask { get; init; }
}

/// <summary>A row filter: columns by name, and in newer answers columns and constants.</summary>
internal sealed record RowFilterAnswer
{
    public string? FunctionName { get; init; }

    public IReadOnlyList<string?>? InputColumnNames { get; init; }

    public IReadOnlyList<ArgumentAnswer?>? InputArguments { get; init; }
}

/// <summary>A column mask: columns by name, and in newer answers columns and constants.</summary>
internal sealed record MaskAnswer
{
    public string? FunctionName { get; init; }

    public IReadOnlyList<string?>? UsingColumnNames { get; init; }

    public IReadOnlyList<ArgumentAnswer?>? UsingArguments { get; init; }
}

/// <summary>A column name or a constant.</summary>
internal sealed record ArgumentAnswer
{
    public string? Column { get; init; }

    public string? Constant { get; init; }
}

/// <summary>A function; every member may be absent.</summary>
internal sealed record FunctionAnswer
{
    public string? FullName { get; init; }

    public string? Owner { get; init; }

    public string? DataType { get; init; }

    public string? FullDataType { get; init; }

    public ParametersAnswer? InputParams { get; init; }

    public string? RoutineDefinition { get; init; }

    public long? UpdatedAt { get; init; }

    public string? UpdatedBy { get; init; }
}

/// <summary>The parameters of a function.</summary>
internal sealed record ParametersAnswer
{
    public IReadOnlyList<ParameterAnswer?>? Parameters { get; init; }
}

/// <summary>A parameter.</summary>
internal sealed record ParameterAnswer
{
    public string? Name { get; init; }

    public string? TypeText { get; init; }

    public int? Position { get; init; }
}

/// <summary>A request to execute a statement.</summary>
internal sealed record StatementRequest(
    string Statement, string WarehouseId, string WaitTimeout, string OnWaitTimeout, string Disposition, string Format);

/// <summary>A statement and its status.</summary>
internal sealed record StatementAnswer
{
    public string? StatementId { get; init; }

    public StatusAnswer? Status { get; init; }
}

/// <summary>The state of a statement, and the error of a failed one.</summary>
internal sealed record StatusAnswer
{
    public string? State { get; init; }

    public FailureAnswer? Error { get; init; }

    public string? SqlState { get; init; }
}

/// <summary>A ServiceErrorCode, and a text that begins with the error class in brackets.</summary>
internal sealed record FailureAnswer
{
    public string? ErrorCode { get; init; }

    public string? Message { get; init; }
}

/// <summary>A warehouse.</summary>
internal sealed record WarehouseAnswer
{
    public string? Id { get; init; }

    public string? State { get; init; }
}

/// <summary>Snake case, absent for null; numbers may come as text.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(TableAnswer))]
[JsonSerializable(typeof(FunctionAnswer))]
[JsonSerializable(typeof(StatementRequest))]
[JsonSerializable(typeof(StatementAnswer))]
[JsonSerializable(typeof(WarehouseAnswer))]
internal sealed partial class StatementsJson : JsonSerializerContext;
