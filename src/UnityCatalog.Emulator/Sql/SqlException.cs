namespace UnityCatalog.Emulator.Sql;

/// <summary>A statement that fails: HTTP 200 with state FAILED (reference §1.6). The message begins with the error class.</summary>
internal sealed class SqlException(string code, string errorClass, string sqlState, string message)
    : Exception($"[{errorClass}] {message}")
{
    /// <summary>A ServiceErrorCode.</summary>
    public string Code { get; } = code;

    public string SqlState { get; } = sqlState;

    public static SqlException Syntax(string near) =>
        new("BAD_REQUEST", "PARSE_SYNTAX_ERROR", "42601", $"Syntax error at or near {near}.");

    public static SqlException Unsupported(string what) =>
        new("BAD_REQUEST", "UNSUPPORTED_FEATURE", "0A000", $"The emulator does not know {what}.");

    public static SqlException Bad(string errorClass, string sqlState, string message) => new("BAD_REQUEST", errorClass, sqlState, message);

    public static SqlException Missing(string errorClass, string sqlState, string message) => new("NOT_FOUND", errorClass, sqlState, message);
}
