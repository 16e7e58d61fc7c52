using System.Buffers;
using Microsoft.Net.Http.Headers;
using PolicySync.Host.Api.Problems;

namespace PolicySync.Host.Api;

/// <summary>Reads the body of a request. The media type and the size are checked before the content.</summary>
internal static class RequestBody
{
    /// <summary>Largest body of most addresses, in bytes.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>Largest body with policies, in bytes. The server and the ingress take 8 MiB.</summary>
    public const int MaxPolicyBytes = 7 << 20;

    /// <summary>Reads the bytes, or returns the problem with them.</summary>
    public static async Task<(ReadOnlyMemory<byte> Bytes, Problem? Problem)> ReadAsync(HttpRequest request, CancellationToken cancellation, int most = MaxBytes)
    {
        try
        {
            return await ReadBytesAsync(request, most, cancellation);
        }
        catch (IOException e) when (IsSendersFault(e))
        {
            return (default, Damaged());
        }
    }

    /// <summary>
    /// Whether the sender damaged the frame of the body. The server reports an overflowing chunk length by a plain
    /// <see cref="IOException"/>, and other faults of a request by a <see cref="BadHttpRequestException"/>.
    /// </summary>
    public static bool IsSendersFault(IOException fault) => fault is not BadHttpRequestException;

    /// <summary>400: the HTTP framing of the body is damaged.</summary>
    public static Problem Damaged() =>
        Problem.Of(ProblemKind.InvalidRequest, "the body cannot be read: its transfer encoding is damaged");

    private static async Task<(ReadOnlyMemory<byte> Bytes, Problem? Problem)> ReadBytesAsync(HttpRequest request, int most, CancellationToken cancellation)
    {
        if (!IsJson(request))
        {
            return (default, Problem.Of(ProblemKind.UnsupportedMediaType, "the body must be `application/json` in UTF-8, not compressed"));
        }

        // An announced length is checked before reading, a chunked body while reading.
        if (request.ContentLength > most)
        {
            return (default, TooLarge(most));
        }

        var body = new ArrayBufferWriter<byte>((int)(request.ContentLength ?? 4_096) + 1);
        while (body.WrittenCount <= most)
        {
            var read = await request.Body.ReadAsync(body.GetMemory(), cancellation);
            if (read == 0)
            {
                return (body.WrittenMemory, null);
            }

            body.Advance(read);
        }

        return (default, TooLarge(most));
    }

    private static Problem TooLarge(int most) => Problem.Of(ProblemKind.TooLarge, $"the body must be at most {most:N0} bytes");

    private static bool IsJson(HttpRequest request) =>
        request.Headers.ContentEncoding.Count == 0
        && MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));
}
