using System.Net;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Http;

public sealed class TokenRateTests
{
    [Fact]
    public async Task A_token_above_its_rate_is_told_so_and_others_go_on()
    {
        await using var host = await TestHost.StartAsync(settings: ("PolicySync:Http:RequestsPerSecondPerToken", "1"));
        using var other = host.ClientWith(host.Signer.Token(claims => claims["sub"] = "other"));
        using var sameAgain = host.ClientWith(host.Signer.Token(claims => claims["jti"] = "another"));

        using var refused = await UntilRefusedAsync(host.Client, atLeast: 2);
        await refused.ProblemAsync(HttpStatusCode.TooManyRequests);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
        using var alsoRefused = await UntilRefusedAsync(sameAgain, atLeast: 0);
        await alsoRefused.ProblemAsync(HttpStatusCode.TooManyRequests);
        using var served = await other.GetAsync($"{Send.Tasks}/1");
        await served.ProblemAsync(HttpStatusCode.NotFound);
        using var health = await host.Anonymous.GetAsync("/health/live");
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }

    [Fact]
    public async Task Every_answer_to_a_valid_token_says_what_is_left_of_its_limit()
    {
        await using var host = await TestHost.StartAsync(settings: ("PolicySync:Http:RequestsPerSecondPerToken", "3"));
        using var other = host.ClientWith(host.Signer.Token(claims => (claims["sub"], claims["scope"]) = ("other", "none")));

        using var first = await host.Client.GetAsync($"{Send.Tasks}/1");
        using var refused = await UntilRefusedAsync(host.Client, atLeast: 4);
        using var lacking = await other.GetAsync(Send.Tasks);
        host.Store.Before = () => throw new InvalidOperationException("a defect");
        using var broken = await host.ClientWith(host.Signer.Token(claims => claims["sub"] = "third")).GetAsync(Send.Tasks);
        using var stranger = await host.Anonymous.GetAsync(Send.Tasks);

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.InternalServerError), (lacking.StatusCode, broken.StatusCode));
        Assert.All([first, refused, lacking, broken], answer => Assert.Equal("\"subject\";q=6;w=2", answer.Headers.GetValues("RateLimit-Policy").Single()));
        Assert.All([first, lacking, broken], answer => Assert.Equal("\"subject\";r=5;t=1", answer.Headers.GetValues("RateLimit").Single()));
        Assert.Equal("\"subject\";r=0;t=2", refused.Headers.GetValues("RateLimit").Single());
        Assert.False(stranger.Headers.Contains("RateLimit") || stranger.Headers.Contains("RateLimit-Policy"));
    }

    [Fact]
    public async Task Strangers_are_refused_for_having_no_token_however_often_they_ask()
    {
        await using var host = await TestHost.StartAsync(settings: ("PolicySync:Http:RequestsPerSecondPerToken", "1"));
        for (var i = 0; i < 5; i++)
        {
            using var answer = await host.Anonymous.GetAsync($"{Send.Tasks}/1");
            await answer.ProblemAsync(HttpStatusCode.Unauthorized);
        }
    }

    // On a slow machine a second passes between two calls, and gives one more.
    private static async Task<HttpResponseMessage> UntilRefusedAsync(HttpClient client, int atLeast)
    {
        for (var served = 0; served < 20; served++)
        {
            var answer = await client.GetAsync($"{Send.Tasks}/1");
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
            {
                Assert.True(served >= atLeast, $"{served} were served");
                return answer;
            }

            answer.Dispose();
        }

        throw new TimeoutException("20 calls were served");
    }
}
