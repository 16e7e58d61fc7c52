using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Http;

public sealed class TrustedProxyTests
{
    private const string Proxy = "10.1.2.3";

    /// <summary>Networks that are trusted, whence the request comes, what it says of itself, and whom the log names.</summary>
    [Theory]
    [InlineData("10.1.0.0/16", Proxy, "203.0.113.7", "203.0.113.7")]
    [InlineData("10.1.0.0/16", "::ffff:10.1.2.3", "203.0.113.7", "203.0.113.7")]
    [InlineData("10.1.0.0/16", "10.2.2.3", "203.0.113.7", "10.2.2.3")]
    [InlineData("10.1.0.0/16", "127.0.0.1", "203.0.113.7", "127.0.0.1")]
    [InlineData("10.1.0.0/16", Proxy, "198.51.100.9, 203.0.113.7", "203.0.113.7")]
    [InlineData("10.1.0.0/16", Proxy, "nobody", Proxy)]
    [InlineData(null, Proxy, "203.0.113.7", Proxy)]
    public async Task A_caller_is_known_by_what_a_trusted_proxy_says_and_by_nobody_elses_word(string? trusted, string from, string says, string known)
    {
        await using var host = await TestHost.StartAsync(settings: trusted is null ? [] : [("PolicySync:Http:TrustedProxies:0", trusted)]);

        var answer = await host.PostFromAsync(from, ("X-Forwarded-For", says), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "sync.example"));

        Assert.Equal(202, answer.Response.StatusCode);
        Assert.StartsWith("/policysync/", answer.Response.Headers.Location.ToString(), StringComparison.Ordinal);
        var address = answer.Response.Headers["Operation-Location"].ToString();
        var isTrusted = trusted is not null && (from == Proxy || from == "::ffff:" + Proxy) && says != "nobody";
        Assert.StartsWith(isTrusted ? "https://sync.example/policysync/api/v1/tasks/" : "http://localhost/policysync/api/v1/tasks/", address, StringComparison.Ordinal);
        var line = Assert.Single(host.Log.All, line => line.Contains("Accepted task", StringComparison.Ordinal));
        Assert.Contains($"from tester at {known} ", line, StringComparison.Ordinal);
    }
}
