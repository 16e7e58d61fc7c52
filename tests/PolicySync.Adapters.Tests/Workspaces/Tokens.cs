using PolicySync.Adapters.Tests.Support;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Options;
using PolicySync.Core.Securables;

namespace PolicySync.Adapters.Tests.Workspaces;

public sealed class Tokens : IDisposable
{
    private const string Secret = "dose-client-secret-0123456789";

    private readonly World _world = new(OAuth);

    public Tokens() => _world.Workspace.Otherwise = _ => StubWorkspace.Json("""{"name":"c"}""");

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task A_token_is_asked_for_with_the_clients_id_and_secret()
    {
        _world.Identity.ThenJson("""{"access_token":"t1","token_type":"Bearer","expires_in":3600,"scope":"all-apis"}""");

        await ReadAsync();

        Assert.Equal("POST /oidc/v1/token", _world.Identity.Only.Line);
        Assert.Equal("grant_type=client_credentials&scope=all-apis", _world.Identity.Only.Body);
        Assert.Equal("application/x-www-form-urlencoded", _world.Identity.Only.ContentType);
        Assert.Equal(
            $"Basic {Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"app-1:{Secret}"))}", _world.Identity.Only.Authorization);
        Assert.Equal("Bearer t1", _world.Workspace.Only.Authorization);
        Assert.Equal(1, _world.Meter.Calls);
    }

    [Theory]
    [InlineData("3600", 3600)]
    [InlineData("\"3600\"", 3600)]
    [InlineData("\"soon\"", 300)]
    [InlineData("-1", 300)]
    public async Task A_life_given_as_number_or_text_is_used_up(string expiresIn, int seconds)
    {
        _world.Identity.ThenJson($$"""{"access_token":"t1","expires_in":{{expiresIn}}}""").ThenJson("""{"access_token":"t2","expires_in":3600}""");
        await ReadAsync();

        _world.Time.Advance(TimeSpan.FromSeconds((seconds * 0.8) - 1));
        await ReadAsync();
        Assert.Single(_world.Identity.Seen);

        _world.Time.Advance(TimeSpan.FromSeconds(seconds));
        await ReadAsync();

        Assert.Equal(["Bearer t1", "Bearer t1", "Bearer t2"], Authorizations());
    }

    [Fact]
    public async Task A_token_is_renewed_early_while_calls_still_use_the_old_one()
    {
        var renewal = new TaskCompletionSource<HttpResponseMessage>();
        _world.Identity.ThenJson("""{"access_token":"t1","expires_in":100}""").Then((_, _) => renewal.Task);
        await ReadAsync();

        _world.Time.Advance(TimeSpan.FromSeconds(81));
        await ReadAsync();
        await ReadAsync();
        renewal.SetResult(StubWorkspace.Json("""{"access_token":"t2","expires_in":100}"""));
        await UntilAsync(async () =>
        {
            await ReadAsync();
            return Authorizations()[^1] == "Bearer t2";
        });

        Assert.Equal(["Bearer t1", "Bearer t1", "Bearer t1"], Authorizations().Take(3));
        Assert.Equal(2, _world.Identity.Seen.Count);
    }

    [Fact]
    public async Task A_failed_early_renewal_does_not_disturb_calls()
    {
        _world.Identity.ThenJson("""{"access_token":"t1","expires_in":100}""").ThenError(401).ThenJson("""{"access_token":"t2","expires_in":100}""");
        await ReadAsync();

        _world.Time.Advance(TimeSpan.FromSeconds(81));
        await ReadAsync();
        await UntilAsync(() => Task.FromResult(_world.Identity.Seen.Count == 2));
        await ReadAsync();
        Assert.All(Authorizations(), authorization => Assert.Equal("Bearer t1", authorization));

        // The refused request has been seen, which is before its failure has come back: who asks in between shares that failure.
        _world.Time.Advance(TimeSpan.FromSeconds(20));
        await UntilAsync(async () =>
        {
            try
            {
                await ReadAsync();
            }
            catch (SyncException e) when (e.Code == SyncErrorCode.CredentialsRefused && _world.Identity.Seen.Count == 2)
            {
                return false;
            }

            return Authorizations()[^1] == "Bearer t2";
        });
        Assert.Equal(3, _world.Identity.Seen.Count);
    }

    [Fact]
    public async Task Calls_that_need_a_token_together_share_one_request()
    {
        var answer = new TaskCompletionSource<HttpResponseMessage>();
        _world.Identity.Then((_, _) => answer.Task);

        var reads = Enumerable.Range(0, 20).Select(_ => ReadAsync()).ToList();
        answer.SetResult(StubWorkspace.Json("""{"access_token":"t1","expires_in":3600}"""));
        await Task.WhenAll(reads);

        Assert.Single(_world.Identity.Seen);
    }

    [Fact]
    public async Task A_caller_who_gives_up_does_not_take_the_token_from_the_others()
    {
        var answer = new TaskCompletionSource<HttpResponseMessage>();
        _world.Identity.Then((_, _) => answer.Task);
        using var cancellation = new CancellationTokenSource();

        var impatient = _world.Catalog.GetAsync(Securable.Catalog("c"), new CallMeter(), cancellation.Token);
        var patient = ReadAsync();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        answer.SetResult(StubWorkspace.Json("""{"access_token":"t1","expires_in":3600}"""));

        await patient;
        Assert.Single(_world.Identity.Seen);
    }

    [Fact]
    public async Task Calls_refused_together_bring_one_new_token_and_are_sent_once_more()
    {
        _world.Identity.ThenJson("""{"access_token":"t1","expires_in":3600}""").ThenJson("""{"access_token":"t2","expires_in":3600}""");
        await ReadAsync();
        _world.Workspace.Otherwise = request =>
            request.Authorization == "Bearer t1" ? StubWorkspace.Answer(401, "") : StubWorkspace.Json("""{"name":"c"}""");

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => ReadAsync()));

        Assert.Equal(2, _world.Identity.Seen.Count);
        Assert.Equal(5, Authorizations().Count(authorization => authorization == "Bearer t2"));
    }

    [Theory]
    [InlineData(401, "")]
    [InlineData(403, """{"error_code":403,"message":"Invalid access token. [ReqId: 1]"}""")]
    [InlineData(403, """{"error_code":"403","message":"Token is expiring within 30 seconds. (token expired)"}""")]
    [InlineData(403, "<html><pre>    Invalid access token.</pre></html>")]
    public async Task Every_form_of_a_refused_token_brings_a_new_one(int status, string body)
    {
        _world.Identity.ThenJson("""{"access_token":"t1","expires_in":3600}""").ThenJson("""{"access_token":"t2","expires_in":3600}""");
        _world.Workspace.Otherwise = request =>
            request.Authorization == "Bearer t1" ? StubWorkspace.Answer(status, body) : StubWorkspace.Json("""{"name":"c"}""");

        await ReadAsync();

        Assert.Equal(["Bearer t1", "Bearer t2"], Authorizations());
    }

    [Fact]
    public async Task A_lack_of_rights_is_no_refused_token()
    {
        _world.Identity.ThenJson("""{"access_token":"t1","expires_in":3600}""");
        _world.Workspace.Otherwise = _ => StubWorkspace.Answer(403, """{"error_code":"PERMISSION_DENIED","message":"User does not have MANAGE"}""");

        Assert.Equal(SyncErrorCode.PermissionDenied, (await World.FailureOf(ReadAsync)).Code);
        Assert.Single(_world.Identity.Seen);
    }

    [Fact]
    public async Task A_call_refused_with_a_fresh_token_too_goes_up()
    {
        _world.Identity.ThenJson("""{"access_token":"t1","expires_in":3600}""").ThenJson("""{"access_token":"t2","expires_in":3600}""");
        _world.Workspace.Otherwise = _ => StubWorkspace.Answer(401, """{"error_code":"UNAUTHENTICATED","message":"no"}""");

        var failure = await World.FailureOf(ReadAsync);

        Assert.Equal(SyncErrorCode.CredentialsRefused, failure.Code);
        Assert.Equal(["Bearer t1", "Bearer t2"], Authorizations());
    }

    [Fact]
    public async Task A_fixed_token_that_is_refused_is_not_tried_again()
    {
        using var world = new World();
        world.Workspace.ThenError(401);

        var failure = await World.FailureOf(() => world.Catalog.GetAsync(Securable.Catalog("c"), world.Meter, default));

        Assert.Equal(SyncErrorCode.CredentialsRefused, failure.Code);
        Assert.Single(world.Workspace.Seen);
    }

    [Fact]
    public async Task A_token_file_is_read_again_when_the_token_is_refused_and_not_before()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("token", "dapi-one");
        using var world = new World(options => (options.Token, options.TokenFile) = (null, file));
        world.Workspace.ThenJson("""{"name":"c"}""").ThenJson("""{"name":"c"}""").ThenError(401).ThenJson("""{"name":"c"}""").ThenError(401);

        await world.Catalog.GetAsync(Securable.Catalog("c"), world.Meter, default);
        folder.Write("token", "dapi-two\r\n");
        await world.Catalog.GetAsync(Securable.Catalog("c"), world.Meter, default);
        await world.Catalog.GetAsync(Securable.Catalog("c"), world.Meter, default);
        await World.FailureOf(() => world.Catalog.GetAsync(Securable.Catalog("c"), world.Meter, default));

        Assert.Equal(
            ["Bearer dapi-one", "Bearer dapi-one", "Bearer dapi-one", "Bearer dapi-two", "Bearer dapi-two"],
            world.Workspace.Seen.Select(request => request.Authorization));
    }

    [Theory]
    [InlineData(null, "cannot be read")]
    [InlineData(" \n", "is empty")]
    [InlineData("two words", "contains a character that a token cannot have")]
    [InlineData("tök", "contains a character that a token cannot have")]
    public async Task A_token_file_without_a_token_is_refused_credentials(string? content, string reason)
    {
        using var folder = new TemporaryFolder();
        var file = content is null ? folder["token"] : folder.Write("token", content);
        using var world = new World(options => (options.Token, options.TokenFile) = (null, file));

        var failure = await World.FailureOf(() => world.Catalog.GetAsync(Securable.Catalog("c"), world.Meter, default));

        Assert.Equal(SyncErrorCode.CredentialsRefused, failure.Code);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
        Assert.Empty(world.Workspace.Seen);
    }

    [Fact]
    public async Task A_secret_file_is_read_for_each_request_for_a_token()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("secret", "one\n");
        using var world = new World(options =>
        {
            OAuth(options);
            (options.ClientSecret, options.ClientSecretFile) = (null, file);
        });
        world.Identity.ThenJson("""{"access_token":"t1","expires_in":10}""").ThenJson("""{"access_token":"t2","expires_in":10}""");
        world.Workspace.ThenJson("""{"name":"c"}""").ThenJson("""{"name":"c"}""");

        await world.Catalog.GetAsync(Securable.Catalog("c"), world.Meter, default);
        folder.Write("secret", "two\n");
        world.Time.Advance(TimeSpan.FromSeconds(11));
        await world.Catalog.GetAsync(Securable.Catalog("c"), world.Meter, default);

        Assert.Equal(
            ["app-1:one", "app-1:two"],
            world.Identity.Seen.Select(request => System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(request.Authorization!["Basic ".Length..]))));
    }

    [Theory]
    [InlineData(400, """{"error":"invalid_client","error_description":"wrong secret"}""", SyncErrorCode.CredentialsRefused)]
    [InlineData(401, """{"error":"invalid_client"}""", SyncErrorCode.CredentialsRefused)]
    [InlineData(403, "", SyncErrorCode.CredentialsRefused)]
    [InlineData(302, "", SyncErrorCode.CredentialsRefused)]
    public async Task A_refused_secret_is_refused_credentials_and_not_tried_again(int status, string body, SyncErrorCode code)
    {
        _world.Identity.ThenError(status, body);

        var failure = await World.FailureOf(ReadAsync);

        Assert.Equal(code, failure.Code);
        Assert.StartsWith("no token: databricks answered ", failure.Message, StringComparison.Ordinal);
        Assert.Empty(_world.Workspace.Seen);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"access_token":""}""")]
    [InlineData("""{"access_token":7}""")]
    [InlineData("not json")]
    public async Task An_answer_without_a_token_is_no_answer(string body)
    {
        _world.Identity.ThenJson(body);

        Assert.Equal(SyncErrorCode.Unavailable, (await World.FailureOf(ReadAsync)).Code);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task A_passing_fault_of_the_identity_service_is_overcome(int status)
    {
        _world.Identity.ThenError(status).ThenJson("""{"access_token":"t1","expires_in":3600}""");

        var read = ReadAsync();
        await _world.Time.PassAsync(TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(1));
        await read;

        Assert.Equal("Bearer t1", _world.Workspace.Only.Authorization);
    }

    [Fact]
    public async Task A_write_that_never_got_a_token_made_no_change()
    {
        _world.Identity.ThenError(400, """{"error":"invalid_client"}""");

        var failure = await World.FailureOf(() => _world.Catalog.UpdatePermissionsAsync(
            Securable.Catalog("c"), [new("a", null, ["BROWSE"], [])], TimeSpan.FromSeconds(10), _world.Meter, default));

        Assert.Equal((SyncErrorCode.CredentialsRefused, false, 0), (failure.Code, failure.OutcomeUnknown, _world.Meter.Calls));
    }

    private static void OAuth(WorkspaceOptions options) => (options.Token, options.ClientId, options.ClientSecret) = (null, "app-1", Secret);

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await condition())
        {
            await Task.Delay(5, patience.Token);
        }
    }

    private Task ReadAsync() => _world.Catalog.GetAsync(Securable.Catalog("c"), _world.Meter, default);

    private List<string?> Authorizations() => [.. _world.Workspace.Seen.Select(request => request.Authorization)];
}
