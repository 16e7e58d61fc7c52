using System.Collections.Concurrent;
using System.Net;

namespace PolicySync.EndToEnd.Tests.Operations;

/// <summary>One span, as it came over the wire.</summary>
internal sealed record Span(string Trace, string Id, string Parent, string Name, IReadOnlyDictionary<string, string> Tags, IReadOnlyList<string> Links);

/// <summary>Takes traces by OTLP over HTTP, as a collector would. Source of the layout: opentelemetry-proto, trace/v1/trace.proto.</summary>
internal sealed class TraceSink : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<Span> _spans = [];
    private readonly Task _serving;

    public TraceSink()
    {
        Url = $"http://127.0.0.1:{FreePort.Next()}/";
        _listener.Prefixes.Add(Url);
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Url { get; }

    public IReadOnlyCollection<Span> Spans => _spans;

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext http;
            try
            {
                http = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var body = new MemoryStream();
            await http.Request.InputStream.CopyToAsync(body);
            foreach (var span in Read(body.ToArray()))
            {
                _spans.Enqueue(span);
            }

            http.Response.ContentType = "application/x-protobuf";
            http.Response.Close();
        }
    }

    private static IEnumerable<Span> Read(ReadOnlyMemory<byte> request) =>
        from resource in Protobuf.All(request, 1)
        from scope in Protobuf.All(resource, 2)
        from span in Protobuf.All(scope, 2)
        select new Span(
            Protobuf.Hex(span, 1), Protobuf.Hex(span, 2), Protobuf.Hex(span, 4), Protobuf.Text(span, 5),
            Protobuf.All(span, 9).Select(pair => (Key: Protobuf.Text(pair, 1), Value: TextOf(Protobuf.All(pair, 2).First())))
                .DistinctBy(pair => pair.Key).ToDictionary(pair => pair.Key, pair => pair.Value),
            [.. Protobuf.All(span, 13).Select(link => Protobuf.Hex(link, 2))]);

    // A text, or the texts of a list; numbers are of no interest.
    private static string TextOf(ReadOnlyMemory<byte> value) => Protobuf.Text(value, 1) is { Length: > 0 } text
        ? text
        : string.Join(' ', Protobuf.All(value, 5).SelectMany(list => Protobuf.All(list, 1)).Select(item => Protobuf.Text(item, 1)));
}
