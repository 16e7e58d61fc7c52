using System.Text;
using PolicySync.Adapters.Tests.Support;
using PolicySync.Adapters.Workspaces.Authentication;
using PolicySync.Core.Grants;
using PolicySync.Core.Securables;

namespace PolicySync.Adapters.Tests.Workspaces;

public sealed class Secrecy
{
    private const string Secret = "s3cr3t-of-the-client-0815";
    private const string Issued = "issued-token-4711-0000000";

    private static readonly string[] Forbidden =
        [World.Token, Secret, Issued, Convert.ToBase64String(Encoding.UTF8.GetBytes($"app-1:{Secret}"))];

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(500)]
    public async Task A_server_that_echoes_the_token_does_not_spread_it(int status)
    {
        using var world = new World();
        world.Workspace.Otherwise = request => StubWorkspace.Answer(
            status, $$"""{"error_code":"{{World.Token}}","message":"bad header {{request.Authorization}} and dapiffffffffffffffffffffffffffffffff"}""");

        var failure = await World.FailureOf(() => UpdateAsync(world));

        AssertSecret(world, failure);
        Assert.DoesNotContain("dapiffff", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_identity_service_that_echoes_the_secret_does_not_spread_it()
    {
        using var world = OAuthWorld();
        world.Identity.Otherwise = request => StubWorkspace.Answer(
            400, $$"""{"error":"invalid_client","error_description":"no client has secret {{Secret}} ({{request.Authorization}})"}""");

        AssertSecret(world, await World.FailureOf(() => UpdateAsync(world)));
    }

    [Fact]
    public async Task A_broken_answer_of_the_identity_service_is_not_quoted()
    {
        using var world = OAuthWorld();
        world.Identity.ThenJson($$"""{"access_token":"{{Issued}}""");

        AssertSecret(world, await World.FailureOf(() => UpdateAsync(world)));
    }

    [Fact]
    public async Task Logs_and_failures_of_a_whole_exchange_hold_no_secret()
    {
        using var world = OAuthWorld();
        world.Identity
            .ThenJson($$"""{"access_token":"{{Issued}}-old","expires_in":3600}""")
            .ThenJson($$"""{"access_token":"{{Issued}}","expires_in":3600}""");
        world.Workspace
            .ThenJson("""{"name":"c"}""").ThenError(401, "expired").ThenJson("""{"name":"c"}""")
            .ThenThrow(new HttpRequestException(HttpRequestError.ResponseEnded, "reset by peer"));

        await world.Catalog.GetAsync(Securable.Catalog("c"), world.Meter, default);
        await UpdateAsync(world);
        var failure = await World.FailureOf(() => UpdateAsync(world));

        Assert.NotEmpty(world.Log.Lines);
        AssertSecret(world, failure);

        // The loggers that an HTTP client brings along write headers and whole addresses.
        Assert.DoesNotContain(world.Log.Lines, line => line.Contains("System.Net.Http.HttpClient", StringComparison.Ordinal)
            || line.Contains("azuredatabricks.net", StringComparison.Ordinal));
    }

    [Fact]
    public void A_token_does_not_show_its_value_as_text()
    {
        Assert.Equal("***", AccessToken.From(World.Token, "x").ToString());
        AssertClean(new IssuedToken(Issued, TimeSpan.FromHours(1)).ToString());
    }

    [Fact]
    public async Task A_token_that_cannot_stand_in_a_header_is_not_quoted()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("token", $"{Issued}\n{Issued}");
        using var world = new World(options => (options.Token, options.TokenFile) = (null, file));

        AssertSecret(world, await World.FailureOf(() => UpdateAsync(world)));
    }

    private static World OAuthWorld() => new(options => (options.Token, options.ClientId, options.ClientSecret) = (null, "app-1", Secret));

    private static Task UpdateAsync(World world) => world.Catalog.UpdatePermissionsAsync(
        Securable.Catalog("c"), [new PermissionChange("a", null, ["BROWSE"], [])], TimeSpan.FromSeconds(10), world.Meter, default);

    private static void AssertSecret(World world, Exception failure)
    {
        AssertClean(failure.ToString());
        AssertClean(string.Join(' ', failure.Data.Values.Cast<object?>()));
        AssertClean((failure as Core.Errors.SyncException)?.ServerCode ?? "");
        Assert.All(world.Log.Lines, line => AssertClean(line));
    }

    private static void AssertClean(string text) =>
        Assert.All(Forbidden, secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
}
