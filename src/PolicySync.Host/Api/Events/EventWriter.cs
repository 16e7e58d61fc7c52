using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace PolicySync.Host.Api.Events;

/// <summary>
/// Writes server-sent events. Each is written to its end before the next one is made, so what a slow client has not read yet is held
/// once, in the buffer of the connection. A client that reads nothing for <see cref="WriteLimit"/> is cut off.
/// </summary>
internal sealed class EventWriter(HttpContext http, TimeProvider time)
{
    public const string ContentType = "text/event-stream";

    /// <summary>A comment is sent after this time without an event, so that proxies and clients know that the stream lives.</summary>
    public static readonly TimeSpan HeartbeatEvery = TimeSpan.FromSeconds(15);

    /// <summary>Longest time that one event may take to be taken over by the connection.</summary>
    public static readonly TimeSpan WriteLimit = TimeSpan.FromSeconds(30);

    /// <summary>When a client should connect again after the stream has ended, in milliseconds.</summary>
    private const int ReconnectAfter = 1_000;

    private static readonly byte[] Heartbeat = ":\n\n"u8.ToArray();

    private long _written = time.GetTimestamp();

    /// <summary>The time until a heartbeat is due; zero or less when it is.</summary>
    public TimeSpan UntilHeartbeat => HeartbeatEvery - time.GetElapsedTime(_written);

    /// <summary>Starts the answer.</summary>
    public Task BeginAsync()
    {
        var headers = http.Response.Headers;
        http.Response.ContentType = ContentType;
        headers.CacheControl = "no-store";
        headers["X-Accel-Buffering"] = "no"; // NGINX would collect events otherwise
        return WriteAsync(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"retry: {ReconnectAfter}\n\n")));
    }

    /// <summary>Writes an event.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="data">Its data, which JSON puts on one line.</param>
    /// <param name="type">How the data is written.</param>
    /// <param name="id">Its number, from which a client may resume; null for an event without one.</param>
    public Task SendAsync<T>(string name, T data, JsonTypeInfo<T> type, long? id = null)
    {
        var text = new ArrayBufferWriter<byte>();
        Encoding.UTF8.GetBytes(
            id is null ? $"event: {name}\ndata: " : string.Create(CultureInfo.InvariantCulture, $"event: {name}\nid: {id}\ndata: "), text);
        using (var json = new Utf8JsonWriter(text))
        {
            JsonSerializer.Serialize(json, data, type);
        }

        text.Write("\n\n"u8);
        return WriteAsync(text.WrittenMemory);
    }

    /// <summary>Writes a comment, which clients ignore.</summary>
    public Task SendHeartbeatAsync() => WriteAsync(Heartbeat);

    private async Task WriteAsync(ReadOnlyMemory<byte> text)
    {
        using var limit = new CancellationTokenSource(WriteLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, http.RequestAborted);
        try
        {
            await http.Response.Body.WriteAsync(text, either.Token);
            await http.Response.Body.FlushAsync(either.Token);
            _written = time.GetTimestamp();
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            http.Abort();
            throw;
        }
    }
}
