using System.Net;
using System.Net.Sockets;
using System.Text;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Http;

/// <summary>What no HTTP client would send: written to the socket by hand.</summary>
public sealed class DamagedRequestsTests(WholeProcess process) : IClassFixture<WholeProcess>
{
    /// <summary>Lengths of a chunk: beyond 32 bits, beyond 64, of many digits, negative, no number, none, and one that ends too early.</summary>
    public static TheoryData<string> Chunks() =>
    [
        "FFFFFFFF\r\n", "80000000\r\n", "FFFFFFFFFFFFFFFF\r\n", "FFFFFFFFFFFFFFFFF\r\n", new string('F', 200) + "\r\n", "-1\r\n", "zz\r\n", "\r\n", "1\r\n{xx", "5;a=b\r\n{}\r\n0\r\nXX",
    ];

    [Theory]
    [MemberData(nameof(Chunks))]
    public async Task A_chunk_of_an_absurd_length_is_the_senders_fault(string chunk)
    {
        var answer = await SendAsync(
            $"POST {Send.Task} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {process.Signer.Token()}\r\n"
            + $"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}");

        Assert.Contains(answer.Split(' ')[1], new[] { "400", "413" });
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
        Assert.Contains("X-Content-Type-Options: nosniff", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_form_of_the_sign_in_is_the_senders_fault()
    {
        var answer = await SendAsync(
            "POST /signin HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n");

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
    }

    private async Task<string> SendAsync(string request)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, process.Client.BaseAddress!.Port, limit.Token);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), limit.Token);
        var answer = new StringBuilder();
        var buffer = new byte[4_096];
        for (var read = 1; read > 0;)
        {
            read = await stream.ReadAsync(buffer, limit.Token);
            answer.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }

        return answer.ToString();
    }
}
