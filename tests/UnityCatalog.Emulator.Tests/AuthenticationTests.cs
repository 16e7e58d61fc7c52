using System.Net.Http.Headers;
using System.Text;
using UnityCatalog.Emulator.Hosting;

namespace UnityCatalog.Emulator.Tests;

public class AuthenticationTests
{
    private const string Secret = "emulator-policysync-secret";

    [Theory]
    [InlineData(null, "Credential was not sent or was of an unsupported type for this API.")]
    [InlineData("made-up", "Invalid access token.")]
    public async Task Without_a_known_token_everything_is_a_401(string? token, string message)
    {
        await using var emulator = await Emulator.StartAsync();

        foreach (var path in new[] { "/catalogs", "/permissions/catalog/main", "/api/2.0/preview/scim/v2/Me", "/tables/a.b.c" })
        {
            var answer = await emulator.GetAsync(path, token);
            Assert.Equal((401, "UNAUTHENTICATED", message), (answer.Status, answer.Code, answer.Message));
        }
    }

    [Fact]
    public async Task A_token_of_the_state_may_expire()
    {
        var time = new ManualTime();
        await using var emulator = await Emulator.StartAsync(new EmulatorOptions { Time = time });
        var expiry = time.GetUtcNow().AddMinutes(1).ToUnixTimeMilliseconds();
        await emulator.AdminAsync("POST", "/tokens", $$"""{"token":"short","principal":"analysts","expiresAt":{{expiry}}}""");
        var before = await emulator.GetAsync("/catalogs", "short");

        time.Advance(TimeSpan.FromMinutes(1));

        var after = await emulator.GetAsync("/catalogs", "short");
        Assert.Equal((200, 401, "Access token expired."), (before.Status, after.Status, after.Message));
    }

    [Fact]
    public async Task A_client_gets_a_token_that_lives_as_long_as_it_says()
    {
        var time = new ManualTime();
        await using var emulator = await Emulator.StartAsync(new EmulatorOptions { Time = time });
        await emulator.AdminAsync("PUT", "/settings", """{"tokenLifetimeSeconds":90}""");

        var issued = await AskAsync(emulator, Emulator.PolicySyncApplication, Secret, "client_credentials");

        var token = (string)issued.Json["access_token"]!;
        Assert.Equal(("Bearer", 90), ((string?)issued.Json["token_type"], (int)issued.Json["expires_in"]!));
        Assert.Equal(200, (await emulator.GetAsync("/catalogs/main", token)).Status);
        time.Advance(TimeSpan.FromSeconds(90));
        Assert.Equal(401, (await emulator.GetAsync("/catalogs/main", token)).Status);
        var renewed = await AskAsync(emulator, Emulator.PolicySyncApplication, Secret, "client_credentials");
        Assert.Equal(200, (await emulator.GetAsync("/catalogs/main", (string)renewed.Json["access_token"]!)).Status);
    }

    [Theory]
    [InlineData("7f3c1c52-8a51-4f0e-9a35-2d6b8c0e4a10", "wrong", "client_credentials", 401, "invalid_client")]
    [InlineData("nobody", Secret, "client_credentials", 401, "invalid_client")]
    [InlineData("7f3c1c52-8a51-4f0e-9a35-2d6b8c0e4a10", Secret, "password", 400, "unsupported_grant_type")]
    public async Task A_bad_token_request_is_refused(string client, string secret, string grantType, int status, string error)
    {
        await using var emulator = await Emulator.StartAsync();

        var answer = await AskAsync(emulator, client, secret, grantType);

        Assert.Equal((status, error), (answer.Status, (string?)answer.Json["error"]));
    }

    [Fact]
    public async Task The_record_of_calls_holds_no_secrets()
    {
        await using var emulator = await Emulator.StartAsync();

        await AskAsync(emulator, Emulator.PolicySyncApplication, Secret, "client_credentials");

        Assert.DoesNotContain("client_credentials", (await emulator.AdminAsync("GET", "/calls")).ToJsonString());
    }

    [Fact]
    public async Task A_further_token_stands_for_the_first_principal_or_for_one_that_is_named()
    {
        await using var emulator = await Emulator.StartAsync(new EmulatorOptions { Tokens = ["one", "two=ana.analyst@example.com"] });

        Assert.Equal(Emulator.PolicySyncApplication, (string?)(await emulator.GetAsync("/api/2.0/preview/scim/v2/Me", "one")).Json["userName"]);
        Assert.Equal("ana.analyst@example.com", (string?)(await emulator.GetAsync("/api/2.0/preview/scim/v2/Me", "two")).Json["userName"]);
    }

    private static async Task<Answer> AskAsync(Emulator emulator, string client, string secret, string grantType)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oidc/v1/token");
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{client}:{secret}")));
        request.Content = new FormUrlEncodedContent(
            [new KeyValuePair<string, string>("grant_type", grantType), new KeyValuePair<string, string>("scope", "all-apis")]);
        using var response = await emulator.Http.SendAsync(request);
        return await Answer.OfAsync(response, CancellationToken.None);
    }
}
