using System.Text.Json.Serialization;

namespace UnityCatalog.Emulator.Http;

/// <summary>The error body of reference §4.1.</summary>
internal sealed record ErrorBody(string ErrorCode, string Message, IReadOnlyList<ErrorDetail> Details)
{
    public static ErrorBody Of(string code, string message, long call, int? retryAfterSeconds = null)
    {
        var details = new List<ErrorDetail>
        {
            new("type.googleapis.com/google.rpc.ErrorInfo") { Reason = code, Domain = "unity-catalog.databricks.com" },
            new("type.googleapis.com/google.rpc.RequestInfo") { RequestId = RequestId(call) },
        };
        if (retryAfterSeconds is { } seconds)
        {
            details.Add(new("type.googleapis.com/google.rpc.RetryInfo") { RetryDelay = $"{seconds}s" });
        }

        return new ErrorBody(code, message, details);
    }

    /// <summary>The call's number in the record, so that an error in a client's log leads to its call.</summary>
    private static string RequestId(long call) => new Guid((int)(call >> 32), (short)(call >> 16), (short)call, new byte[8]).ToString();
}

internal sealed record ErrorDetail([property: JsonPropertyName("@type")] string Type)
{
    public string? Reason { get; init; }

    public string? Domain { get; init; }

    public string? RequestId { get; init; }

    public string? RetryDelay { get; init; }
}
