using PolicySync.Client.Tests.Support;

namespace PolicySync.Client.Tests;

public sealed class TokenTests : IAsyncLifetime
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"token-{Guid.NewGuid():N}");
    private FakeService _service = null!;

    public async Task InitializeAsync() => _service = await FakeService.StartAsync();

    public async Task DisposeAsync()
    {
        File.Delete(_file);
        await _service.DisposeAsync();
    }

    [Fact]
    public async Task A_token_that_is_replaced_in_its_file_is_used_at_once()
    {
        _service.ThenTask("SUCCESS").ThenTask("SUCCESS");
        var client = Client();

        await File.WriteAllTextAsync(_file, "first\n");
        await client.GetAsync("42");
        await File.WriteAllTextAsync(_file, "second\n");
        await client.GetAsync("42");

        Assert.Equal(["Bearer first", "Bearer second"], Sent());
    }

    [Fact]
    public async Task While_the_file_is_away_the_last_token_is_used()
    {
        _service.ThenTask("SUCCESS").ThenTask("SUCCESS").ThenTask("SUCCESS");
        var client = Client();

        await File.WriteAllTextAsync(_file, "first");
        await client.GetAsync("42");
        File.Delete(_file);
        await client.GetAsync("42");
        await File.WriteAllTextAsync(_file, " \n");
        await client.GetAsync("42");

        Assert.Equal(["Bearer first", "Bearer first", "Bearer first"], Sent());
    }

    [Fact]
    public async Task A_file_that_never_had_a_token_is_named()
    {
        var client = Client();

        var missing = await Assert.ThrowsAsync<InvalidOperationException>(() => client.GetAsync("42"));
        await File.WriteAllTextAsync(_file, "\n");
        var empty = await Assert.ThrowsAsync<InvalidOperationException>(() => client.GetAsync("42"));

        Assert.StartsWith($"the token file {_file} cannot be read", missing.Message, StringComparison.Ordinal);
        Assert.Equal($"the token file {_file} is empty; write a token into it", empty.Message);
        Assert.Empty(_service.Requests);
    }

    [Fact]
    public async Task A_request_that_is_refused_while_the_token_changes_is_sent_again_with_the_new_one()
    {
        var tokens = new Queue<string>(["old", "new"]);
        _service.ThenProblem(401, "UNAUTHENTICATED").ThenTask("SUCCESS");

        await _service.Client(options => options.Token = _ => ValueTask.FromResult(tokens.Dequeue())).GetAsync("42");

        Assert.Equal(["Bearer old", "Bearer new"], Sent());
    }

    [Fact]
    public async Task A_token_that_stays_refused_is_not_sent_again_and_not_shown()
    {
        _service.ThenProblem(401, "UNAUTHENTICATED");

        var failure = await Assert.ThrowsAsync<PolicySyncException>(
            () => _service.Client(options => options.Token = _ => ValueTask.FromResult("secret-token")).GetAsync("42"));

        Assert.Equal("UNAUTHENTICATED", failure.Code);
        Assert.DoesNotContain("secret-token", failure.ToString(), StringComparison.Ordinal);
        Assert.Single(_service.Requests);
    }

    [Fact]
    public async Task Clients_of_several_callers_share_connections_and_leave_them_open()
    {
        _service.ThenTask("SUCCESS").ThenTask("SUCCESS");
        using var connections = new SocketsHttpHandler { AllowAutoRedirect = false };

        foreach (var caller in new[] { "ann", "bob" })
        {
            using var client = new PolicySyncClient(new PolicySyncClientOptions { Address = _service.Url, Token = _ => ValueTask.FromResult(caller) }, connections);
            await client.GetAsync("42");
        }

        Assert.Equal(["Bearer ann", "Bearer bob"], Sent());
    }

    private PolicySyncClient Client() => _service.Client(options =>
    {
        options.Token = null;
        options.TokenFile = _file;
    });

    private IEnumerable<string?> Sent() => _service.Requests.Select(request => request.Header("Authorization"));
}
