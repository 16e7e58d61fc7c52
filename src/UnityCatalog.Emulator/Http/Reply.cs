using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace UnityCatalog.Emulator.Http;

/// <summary>A complete answer. Handlers return it instead of writing, so that a call's end is recorded before the client sees it.</summary>
internal sealed class Reply(int status, byte[] body, string? contentType)
{
    public int Status { get; } = status;

    public byte[] Body { get; } = body;

    public string? ContentType { get; } = contentType;

    /// <summary>A 204 answer has no body and no length (RFC 9110 §8.6).</summary>
    private bool HasBody => Status != StatusCodes.Status204NoContent;

    public static Reply NoContent() => new(StatusCodes.Status204NoContent, [], contentType: null);

    public string? RetryAfter { get; init; }

    /// <summary>The first or only page of a full read of permissions, in which no principal is singled out.</summary>
    public bool BeginsFullRead { get; init; }

    /// <summary>The last or only page of such a read.</summary>
    public bool EndsFullRead { get; init; }

    public static Reply Json<T>(T value, JsonTypeInfo<T> type, int status = 200) =>
        new(status, JsonSerializer.SerializeToUtf8Bytes(value, type), "application/json");

    public static Reply Empty() => new(200, "{}"u8.ToArray(), "application/json");

    public static Reply Text(int status, string text, string? contentType) =>
        new(status, Encoding.UTF8.GetBytes(text), contentType ?? "text/plain");

    public static Reply Error(int status, string code, string message, long call, string? retryAfter = null)
    {
        var seconds = int.TryParse(retryAfter, out var value) ? value : (int?)null;
        return Json(ErrorBody.Of(code, message, call, seconds), WireJson.Shared.ErrorBody, status).WithRetryAfter(retryAfter);
    }

    public Reply WithRetryAfter(string? retryAfter) => new(Status, Body, ContentType) { RetryAfter = retryAfter };

    public Reply WithFullRead(bool begins, bool ends) =>
        new(Status, Body, ContentType) { BeginsFullRead = begins, EndsFullRead = ends };

    public async Task WriteAsync(HttpResponse response)
    {
        response.StatusCode = Status;
        response.ContentType = ContentType;
        response.ContentLength = HasBody ? Body.Length : null;
        if (RetryAfter is not null)
        {
            response.Headers.RetryAfter = RetryAfter;
        }

        if (HasBody)
        {
            await response.Body.WriteAsync(Body);
        }
    }
}
