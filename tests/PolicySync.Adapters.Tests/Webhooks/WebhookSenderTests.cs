using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using PolicySync.Adapters.Tests.Support;
using PolicySync.Adapters.Webhooks;
using PolicySync.Core.Options;
using PolicySync.Core.Webhooks;

namespace PolicySync.Adapters.Tests.Webhooks;

/// <summary>What is sent, to whom, and what is made of the answer, with a receiver on loopback.</summary>
public sealed class WebhookSenderTests : IAsyncLifetime, IDisposable
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Other = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    private const string Body = """{"type":"task.ended","timestamp":"2026-11-30T12:00:00.000Z","data":{"message":"Prüfung ✓"}}""";

    private readonly WebhookReceiver _receiver = new();
    private readonly LogCapture _log = new();
    private readonly TemporaryFolder _folder = new();
    private readonly List<IDisposable> _senders = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _receiver.DisposeAsync();

    public void Dispose()
    {
        _senders.ForEach(sender => sender.Dispose());
        _log.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_receiver_can_verify_what_it_gets_with_the_library_for_receivers()
    {
        var answer = await Sender().SendAsync(Endpoint(), "msg_1", Body, default);

        Assert.Equal(new WebhookAnswer(WebhookResult.Delivered), answer);
        var received = Assert.Single(_receiver.Received);
        Assert.Equal(("msg_1", Body, "application/json"), (received.Id, received.Body, received.Headers["content-type"]));
        Assert.True(received.IsSignedBy(Secret));
        Assert.False(received.IsSignedBy(Other));
        Assert.False((received with { Body = Body.Replace("ended", "begun", StringComparison.Ordinal) }).IsSignedBy(Secret));
        Assert.DoesNotContain("traceparent", received.Headers.Keys, StringComparer.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_signature_is_the_one_that_the_specification_defines()
    {
        await Sender().SendAsync(Endpoint(), "msg_1", Body, default);

        var headers = _receiver.Received[0].Headers;
        var mac = HMACSHA256.HashData(Convert.FromBase64String(Secret["whsec_".Length..]), Encoding.UTF8.GetBytes($"msg_1.{headers["webhook-timestamp"]}.{Body}"));
        Assert.Equal("v1," + Convert.ToBase64String(mac), headers["webhook-signature"]);
    }

    [Fact]
    public async Task Each_secret_of_a_file_signs_and_a_changed_file_is_read_again()
    {
        var file = _folder.Write("secret", $"{Secret}\n");
        var (sender, endpoint) = (Sender(), new WebhookEndpoint { Name = "ops", Url = _receiver.Url, SecretFile = file });
        await sender.SendAsync(endpoint, "msg_1", Body, default);
        _folder.Write("secret", $"{Secret}\n{Other}\n");
        await sender.SendAsync(endpoint, "msg_2", Body, default);
        _folder.Write("secret", Other);
        await sender.SendAsync(endpoint, "msg_3", Body, default);

        Assert.Equal([1, 2, 1], _receiver.Received.Select(received => received.Headers["webhook-signature"].Split(' ').Length));
        Assert.Equal([(true, false), (true, true), (false, true)], _receiver.Received.Select(received => (received.IsSignedBy(Secret), received.IsSignedBy(Other))));
    }

    [Fact]
    public async Task While_a_file_is_damaged_or_missing_its_last_secret_signs_and_no_log_line_has_a_secret()
    {
        var file = _folder.Write("secret", Secret);
        var (sender, endpoint) = (Sender(), new WebhookEndpoint { Name = "ops", Url = new Uri(_receiver.Url, "path-with-token?sig=hidden"), SecretFile = file });
        await sender.SendAsync(endpoint, "msg_1", Body, default);
        _folder.Write("secret", "half-of-a-secret");
        await sender.SendAsync(endpoint, "msg_2", Body, default);
        File.Delete(file);
        await sender.SendAsync(endpoint, "msg_3", Body, default);

        Assert.All(_receiver.Received, received => Assert.True(received.IsSignedBy(Secret)));
        Assert.Equal(2, _log.Lines.Count(line => line.Contains("keeping the last secrets", StringComparison.Ordinal)));
        Assert.All(["half-of", Secret, "hidden", "path-with-token"], secret => Assert.DoesNotContain(_log.Lines, line => line.Contains(secret, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Without_any_secret_nothing_is_sent()
    {
        var answer = await Sender().SendAsync(new WebhookEndpoint { Name = "ops", Url = _receiver.Url, SecretFile = _folder["none"] }, "msg_1", Body, default);

        Assert.Equal((WebhookResult.Failed, "its secret file cannot be used"), (answer.Result, answer.Reason));
        Assert.Empty(_receiver.Received);
    }

    [Theory]
    [InlineData(200, WebhookResult.Delivered, "")]
    [InlineData(299, WebhookResult.Delivered, "")]
    [InlineData(410, WebhookResult.Gone, "it answered 410")]
    [InlineData(400, WebhookResult.Failed, "it answered 400")]
    [InlineData(404, WebhookResult.Failed, "it answered 404")]
    [InlineData(429, WebhookResult.Failed, "it answered 429")]
    [InlineData(500, WebhookResult.Failed, "it answered 500")]
    [InlineData(304, WebhookResult.Failed, "it answered 304; redirects are not followed")]
    public async Task Only_2xx_is_a_delivery_and_410_ends_it(int status, WebhookResult result, string reason)
    {
        _receiver.Answer = (_, response) => response.StatusCode = status;

        var answer = await Sender().SendAsync(Endpoint(), "msg_1", Body, default);

        Assert.Equal((result, reason, null), (answer.Result, answer.Reason, answer.RetryAfter));
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var elsewhere = new WebhookReceiver();
        _receiver.Answer = (_, response) => (response.StatusCode, response.RedirectLocation) = (307, elsewhere.Url.ToString());

        var answer = await Sender().SendAsync(Endpoint(), "msg_1", Body, default);

        Assert.Equal((WebhookResult.Failed, "it answered 307; redirects are not followed"), (answer.Result, answer.Reason));
        Assert.Empty(elsewhere.Received);
    }

    [Theory]
    [InlineData("120", 110, 130)]
    [InlineData("date", 290, 310)]
    [InlineData("yesterday", null, null)]
    public async Task Retry_After_is_read_in_both_forms(string header, int? atLeast, int? atMost)
    {
        _receiver.Answer = (_, response) => (response.StatusCode, response.Headers["Retry-After"]) = (
            503, header == "date" ? TimeProvider.System.GetUtcNow().AddMinutes(5).ToString("r") : header);

        var answer = await Sender().SendAsync(Endpoint(), "msg_1", Body, default);

        Assert.Equal(atLeast is null, answer.RetryAfter is null);
        Assert.True(answer.RetryAfter is not { } asked || (asked.TotalSeconds >= atLeast && asked.TotalSeconds <= atMost), $"{answer.RetryAfter}");
    }

    [Fact]
    public async Task A_body_without_end_is_not_read()
    {
        var written = 0L;
        var ended = new TaskCompletionSource();
        _receiver.Answer = (_, response) =>
        {
            response.SendChunked = true;
            try
            {
                for (var chunk = new byte[64 * 1024]; written < 1L << 30; written += chunk.Length)
                {
                    response.OutputStream.Write(chunk);
                }
            }
            catch (Exception e) when (e is HttpListenerException or IOException)
            {
                ended.SetResult(); // the sender has left
            }
        };

        var answer = await Sender().SendAsync(Endpoint(), "msg_1", Body, default);
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(WebhookResult.Delivered, answer.Result);
        Assert.InRange(written, 0, 64L << 20); // what the buffers of two sockets take
    }

    [Fact]
    public async Task An_endpoint_that_does_not_answer_is_left_after_15_seconds()
    {
        var time = new TestTime();
        var hold = new TaskCompletionSource();
        _receiver.Answer = (_, _) => hold.Task.Wait();

        var sending = Sender(time).SendAsync(Endpoint(), "msg_1", Body, default);
        await _receiver.UntilAsync(seen => seen.Count == 1, "the request");
        await time.PassAsync(WebhookSender.Timeout, WebhookSender.Timeout);
        var answer = await sending;
        hold.SetResult();

        Assert.Equal((WebhookResult.Failed, "no answer within 15 s"), (answer.Result, answer.Reason));
    }

    [Fact]
    public async Task A_stop_of_the_process_ends_an_attempt()
    {
        using var stop = new CancellationTokenSource();
        var hold = new TaskCompletionSource();
        _receiver.Answer = (_, _) => hold.Task.Wait();
        var sending = Sender().SendAsync(Endpoint(), "msg_1", Body, stop.Token);
        await _receiver.UntilAsync(seen => seen.Count == 1, "the request");

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        hold.SetResult();
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/", "loopback")]
    [InlineData("http://[::1]:1/", "loopback")]
    [InlineData("http://[::ffff:127.0.0.1]:1/", "loopback")]
    [InlineData("http://169.254.169.254/latest/meta-data", "link-local")]
    [InlineData("http://2130706433:1/", "loopback")] // 127.0.0.1 as a number
    [InlineData("http://0x7f.1:1/", "loopback")]
    public async Task An_address_that_is_not_public_is_not_called(string url, string what)
    {
        var answer = await Sender(allowed: []).SendAsync(Endpoint(url), "msg_1", Body, default);

        Assert.Equal(WebhookResult.Failed, answer.Result);
        Assert.Contains($"is not public ({what}); if that is meant, list the host in PolicySync:Webhooks:AllowedHosts", answer.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_changes_its_address_to_a_private_one_between_two_calls_is_not_called()
    {
        var lookups = 0;
        var connections = new GuardedConnections([], (_, _) => Task.FromResult<IPAddress[]>(
            [++lookups == 1 ? IPAddress.Parse("203.0.114.1") : IPAddress.Loopback]));

        Assert.Equal([IPAddress.Parse("203.0.114.1")], await connections.AddressesAsync("rebinding.example", default));
        var answer = await Sender(connections).SendAsync(Endpoint($"http://rebinding.example:{_receiver.Url.Port}/"), "msg_1", Body, default);

        Assert.StartsWith("the address 127.0.0.1 is not public (loopback)", answer.Reason, StringComparison.Ordinal);
        Assert.Equal((2, 0), (lookups, _receiver.Received.Count));
    }

    [Fact]
    public async Task Of_several_addresses_only_the_public_ones_are_called()
    {
        IPAddress[] all = [IPAddress.Parse("10.0.0.1"), IPAddress.Parse("8.8.8.8"), IPAddress.Parse("::1")];
        var connections = new GuardedConnections([], (_, _) => Task.FromResult(all));

        Assert.Equal([IPAddress.Parse("8.8.8.8")], await connections.AddressesAsync("mixed.example", default));
    }

    [Fact]
    public async Task A_listed_name_may_have_any_address_and_no_other_name_of_that_address_may()
    {
        var connections = new GuardedConnections(["Hooks.Internal"], (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]));

        Assert.Equal([IPAddress.Loopback], await connections.AddressesAsync("hooks.internal", default));
        await Assert.ThrowsAsync<RefusedAddressException>(() => connections.AddressesAsync("other.internal", default));
    }

    [Fact]
    public async Task Why_an_endpoint_could_not_be_called_is_said_without_its_url()
    {
        var closed = FreePort.Next();

        var answer = await Sender().SendAsync(Endpoint($"http://127.0.0.1:{closed}/token-in-path"), "msg_1", Body, default);

        Assert.Equal((WebhookResult.Failed, "it could not be called (ConnectionError)"), (answer.Result, answer.Reason));
    }

    private WebhookEndpoint Endpoint(string? url = null) => new() { Name = "ops", Url = url is null ? _receiver.Url : new Uri(url), Secret = Secret };

    private WebhookSender Sender(TimeProvider? time = null, string[]? allowed = null) =>
        Sender(new GuardedConnections(allowed ?? ["127.0.0.1"], Dns.GetHostAddressesAsync), time);

    private WebhookSender Sender(GuardedConnections connections, TimeProvider? time = null)
    {
        var logging = LoggerFactory.Create(log => log.AddProvider(_log));
        var sender = new WebhookSender(new EndpointSecrets(logging.CreateLogger<EndpointSecrets>()), connections, time ?? TimeProvider.System);
        _senders.AddRange([sender, logging]);
        return sender;
    }
}
