namespace UnityCatalog.Emulator.Sql;

/// <summary>The body of POST /sql/statements; other members are ignored.</summary>
internal sealed record StatementRequest(
    string? Statement = null, string? WarehouseId = null, string? WaitTimeout = null, string? OnWaitTimeout = null);

internal sealed record StatementAnswer(string StatementId, StatementStatus Status)
{
    public StatementManifest? Manifest { get; init; }

    public StatementResult? Result { get; init; }
}

internal sealed record StatementStatus(string State, StatementFailure? Error = null, string? SqlState = null);

internal sealed record StatementFailure(string ErrorCode, string Message);

internal sealed record StatementManifest(
    string Format, int TotalChunkCount, int TotalRowCount, bool Truncated, StatementSchema? Schema = null, IReadOnlyList<StatementChunk>? Chunks = null);

internal sealed record StatementSchema(int ColumnCount, IReadOnlyList<StatementColumn> Columns);

internal sealed record StatementColumn(string Name, string TypeText, string TypeName, int Position);

internal sealed record StatementChunk(int ChunkIndex, int RowOffset, int RowCount);

/// <summary>The rows of a chunk; a statement that answers none has an empty one.</summary>
internal sealed record StatementResult
{
    public int? ChunkIndex { get; init; }

    public int? RowOffset { get; init; }

    public int? RowCount { get; init; }

    public IReadOnlyList<IReadOnlyList<string?>>? DataArray { get; init; }
}

internal sealed record WarehouseAnswer(string Id, string Name, string State);

internal sealed record WarehouseList(IReadOnlyList<WarehouseAnswer>? Warehouses);
