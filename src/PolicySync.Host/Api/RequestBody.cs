using System.Buffers;
using Microsoft.Net.Http.Headers;

namespace PolicySync.Host.Api;

/// <summary>Takes in the body of a request: its media type and size are judged before its content.</summary>
internal static class RequestBody
{
    /// <summary>Largest body, in bytes.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>The bytes, or the problem that keeps them from being read.</summary>
    public static async Task<(ReadOnlyMemory<byte> Bytes, Problem? Problem)> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        try
        {
            return await TakeInAsync(request, cancellation);
        }
        catch (IOException e) when (IsSendersFault(e))
        {
            return (default, Damaged());
        }
    }

    /// <summary>
    /// Whether a body could not be read for what its sender wrote around it: the server tells a chunk length beyond every
    /// number so, and other faults of a request by an exception of their own.
    /// </summary>
    public static bool IsSendersFault(IOException fault) => fault is not BadHttpRequestException;

    /// <summary>400: the frame that HTTP puts around a body is broken.</summary>
    public static Problem Damaged() =>
        Problem.Of(StatusCodes.Status400BadRequest, "the body cannot be read: its transfer encoding is damaged");

    private static async Task<(ReadOnlyMemory<byte> Bytes, Problem? Problem)> TakeInAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (!IsJson(request))
        {
            return (default, Problem.Of(StatusCodes.Status415UnsupportedMediaType, "the body must be `application/json` in UTF-8, not compressed"));
        }

        // A length that was announced is judged unread; a chunked body while it comes in.
        if (request.ContentLength > MaxBytes)
        {
            return (default, TooLarge());
        }

        var body = new ArrayBufferWriter<byte>((int)(request.ContentLength ?? 4_096) + 1);
        while (body.WrittenCount <= MaxBytes)
        {
            var read = await request.Body.ReadAsync(body.GetMemory(), cancellation);
            if (read == 0)
            {
                return (body.WrittenMemory, null);
            }

            body.Advance(read);
        }

        return (default, TooLarge());
    }

    private static Problem TooLarge() => Problem.Of(StatusCodes.Status413PayloadTooLarge, $"the body must be at most {MaxBytes:N0} bytes");

    private static bool IsJson(HttpRequest request) =>
        request.Headers.ContentEncoding.Count == 0
        && MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));
}
