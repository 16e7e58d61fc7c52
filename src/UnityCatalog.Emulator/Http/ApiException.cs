namespace UnityCatalog.Emulator.Http;

/// <summary>An error answer of the emulated service. Any other exception is a defect.</summary>
internal sealed class ApiException(int status, string code, string message) : Exception(message)
{
    public int Status { get; } = status;

    public string Code { get; } = code;
}
