using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using PolicySync.Core.Telemetry;
using PolicySync.Host.Auth;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Auth;

public sealed class RefusedTokensTests
{
    [Fact]
    public async Task Refused_tokens_are_counted_by_kind_and_a_flood_of_them_is_one_line_a_minute()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var host = await TestHost.StartAsync(time: time);
        using var counts = new Counts(host);
        await FloodAsync(host, 40);
        var first = Lines(host);

        time.Advance(RefusedTokens.Every);
        await FloodAsync(host, 1);

        Assert.Equal(3, first.Count);
        Assert.Contains("Refused 1 tokens since the last line of this kind: expired", first, StringComparer.Ordinal);
        Assert.Contains("Refused 1 tokens since the last line of this kind: audience", first, StringComparer.Ordinal);
        Assert.Contains("Refused 1 tokens since the last line of this kind: signature", first, StringComparer.Ordinal);
        Assert.Equal(3, Lines(host).Except(first, StringComparer.Ordinal).Count(line => line.StartsWith("Refused 40 tokens", StringComparison.Ordinal)));
        Assert.Equal("audience 41, expired 41, signature 41", counts.ToString());
    }

    [Fact]
    public async Task Every_kind_of_bad_token_is_of_a_known_reason()
    {
        await using var host = await TestHost.StartAsync();
        using var counts = new Counts(host);
        string[] tokens =
        [
            "x", "a.b.c", host.Signer.Token(claims => claims["iss"] = "other"), host.Signer.Token(claims => claims.Remove("exp")),
            host.Signer.Token(claims => (claims["nbf"], claims["exp"]) = (InHours(2), InHours(3))),
            host.Signer.Sign(new System.Text.Json.Nodes.JsonObject { ["alg"] = "ES256", ["crit"] = new System.Text.Json.Nodes.JsonArray("x"), ["x"] = 1 }, Signer.Claims()),
        ];
        foreach (var token in tokens)
        {
            using var client = host.ClientWith(token);
            using var answer = await client.GetAsync(Send.Tasks);
            Assert.Equal(System.Net.HttpStatusCode.Unauthorized, answer.StatusCode);
        }

        Assert.Equal("critical 1, expired 1, issuer 1, malformed 2, not_yet_valid 1", counts.ToString());
    }

    [Fact]
    public async Task Refused_sign_ins_are_one_line_a_minute()
    {
        await using var host = await TestHost.StartAsync();
        for (var i = 0; i < 5; i++)
        {
            using var answer = await new Browser(host).SignInAsync("not a token");
        }

        Assert.Single(host.Log.All, line => line.Contains("sign-ins", StringComparison.Ordinal));
    }

    /// <summary>Each of three kinds, so often.</summary>
    private static async Task FloodAsync(TestHost host, int count)
    {
        using var stranger = Signer.P256();
        foreach (var token in new[] { host.Signer.Token(claims => claims["exp"] = 1), host.Signer.Token(claims => claims["aud"] = "instance2"), stranger.Token() })
        {
            using var client = host.ClientWith(token);
            for (var i = 0; i < count; i++)
            {
                using var answer = await client.GetAsync(Send.Tasks);
                Assert.Equal(System.Net.HttpStatusCode.Unauthorized, answer.StatusCode);
            }
        }
    }

    private static long InHours(int hours) => DateTimeOffset.UtcNow.AddHours(hours).ToUnixTimeSeconds();

    private static List<string> Lines(TestHost host) =>
        [.. host.Log.All.Where(line => line.Contains("RefusedTokens Refused", StringComparison.Ordinal))
            .Select(line => line[line.IndexOf("Refused ", StringComparison.Ordinal)..line.IndexOf(" [", StringComparison.Ordinal)])];

    /// <summary>What one host counts: others of the same process have meters of the same name.</summary>
    private sealed class Counts : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly ConcurrentDictionary<string, long> _byReason = new(StringComparer.Ordinal);

        public Counts(TestHost host)
        {
            var meters = host.Services.GetRequiredService<IMeterFactory>();
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == MetricNames.TokensRefused && ReferenceEquals(instrument.Meter.Scope, meters))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((_, count, tags, _) => _byReason.AddOrUpdate((string)tags[0].Value!, count, (_, sum) => sum + count));
            _listener.Start();
        }

        public override string ToString() => string.Join(", ", _byReason.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key} {pair.Value}"));

        public void Dispose() => _listener.Dispose();
    }
}
