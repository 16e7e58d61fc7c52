using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PolicySync.Adapters.Tests.Policies;

/// <summary>What only a network shows: compression, sessions, connections that end in the middle.</summary>
public sealed class RangerAdminOnTheWire
{
    [Fact]
    public async Task Compressed_answers_are_read_and_the_session_that_ranger_began_is_kept()
    {
        using var server = new Server(request => Answer(request, Compressed, whole: true));
        using var world = World(server);

        var first = await world.ReadAsync();
        await world.ReadAsync(first!.Stamp);

        Assert.Equal("p", first.Policies.Policies![0].Name);
        Assert.Equal(8, server.Requests.Count);
        Assert.All(server.Requests.Skip(4), request => Assert.Contains("Cookie: RANGERADMINSESSIONID=s1", request, StringComparison.Ordinal));
        Assert.All(server.Requests, request => Assert.Contains("Accept: application/json", request, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_that_ends_within_an_answer_is_a_refusal(bool compressed)
    {
        using var server = new Server(request => Answer(request, compressed ? Compressed : text => text, whole: false));
        using var world = World(server);

        Assert.StartsWith("ranger's answer for policies did not arrive: ", (await world.RefusalAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_falsely_claims_to_be_compressed_makes_the_policies_unavailable()
    {
        using var server = new Server(request => Answer(request, text => text, whole: true, encoding: "gzip"));
        using var world = World(server);

        Assert.StartsWith("ranger's answer for policies did not arrive: ", (await world.RefusalAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ranger_that_cannot_be_reached_makes_the_policies_unavailable()
    {
        using var server = new Server(_ => []);
        using var world = World(server);
        server.Dispose();

        Assert.StartsWith("ranger's answer for policies did not arrive: ", (await world.RefusalAsync()).Message, StringComparison.Ordinal);
    }

    private static RangerWorld World(Server server) => new(options => options.Url = server.Address, overNetwork: true);

    private static byte[] Answer(string request, Func<byte[], byte[]> encode, bool whole, string? encoding = null)
    {
        var json = request.Contains("/plugins/", StringComparison.Ordinal) ? RangerWorld.PoliciesJson()
            : request.Contains("/roles/", StringComparison.Ordinal) ? """{"roleVersion":1}"""
            : request.Contains("/tags/", StringComparison.Ordinal) ? """{"tagVersion":1}"""
            : """{"userStoreVersion":1}""";
        var body = encode(Encoding.UTF8.GetBytes(json));
        encoding ??= body[0] == '{' ? "identity" : "gzip";
        var head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nSet-Cookie: RANGERADMINSESSIONID=s1; Path=/; HttpOnly\r\n"
            + $"Content-Encoding: {encoding}\r\nContent-Length: {body.Length}\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. whole || !request.Contains("/plugins/", StringComparison.Ordinal) ? body : body[..^9]];
    }

    private static byte[] Compressed(byte[] text)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Optimal))
        {
            gzip.Write(text);
        }

        return target.ToArray();
    }

    /// <summary>Answers each connection once with the given bytes.</summary>
    private sealed class Server : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly List<string> _requests = [];

        public Server(Func<string, byte[]> answer)
        {
            _listener.Start();
            Address = new Uri($"http://{_listener.LocalEndpoint}");
            _ = AcceptAsync(answer);
        }

        public Uri Address { get; }

        public IReadOnlyList<string> Requests
        {
            get
            {
                lock (_requests)
                {
                    return [.. _requests];
                }
            }
        }

        public void Dispose() => _listener.Dispose();

        private async Task AcceptAsync(Func<string, byte[]> answer)
        {
            try
            {
                while (true)
                {
                    _ = AnswerAsync(await _listener.AcceptTcpClientAsync(), answer);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // The test has ended.
            }
        }

        private async Task AnswerAsync(TcpClient client, Func<string, byte[]> answer)
        {
            using (client)
            {
                var stream = client.GetStream();
                var request = "";
                var buffer = new byte[8192];
                while (!request.EndsWith("\r\n\r\n", StringComparison.Ordinal))
                {
                    if (await stream.ReadAsync(buffer) is not (> 0 and var length))
                    {
                        return; // a connection that its client opened and did not need
                    }

                    request += Encoding.ASCII.GetString(buffer, 0, length);
                }

                lock (_requests)
                {
                    _requests.Add(request);
                }

                await stream.WriteAsync(answer(request));
            }
        }
    }
}
