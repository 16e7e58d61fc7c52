namespace UnityCatalog.Emulator.Http;

/// <summary>An answer other than success, decided by the emulated service. Anything else that escapes is our bug.</summary>
internal sealed class ApiException(int status, string code, string message) : Exception(message)
{
    public int Status { get; } = status;

    public string Code { get; } = code;
}
