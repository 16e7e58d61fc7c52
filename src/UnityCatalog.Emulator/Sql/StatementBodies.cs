namespace UnityCatalog.Emulator.Sql;

/// <summary>The body of POST /sql/statements; what the emulator has no use for is read over.</summary>
internal sealed record StatementRequest(
    string? Statement = null, string? WarehouseId = null, string? WaitTimeout = null, string? OnWaitTimeout = null);

internal sealed record StatementAnswer(string StatementId, StatementStatus Status)
{
    public StatementManifest? Manifest { get; init; }

    public StatementResult? Result { get; init; }
}

internal sealed record StatementStatus(string State, StatementFailure? Error = null, string? SqlState = null);

internal sealed record StatementFailure(string ErrorCode, string Message);

internal sealed record StatementManifest(string Format, int TotalChunkCount, int TotalRowCount);

internal sealed record StatementResult;

internal sealed record WarehouseAnswer(string Id, string Name, string State);
