using System.Net;
using PolicySync.Core.Errors;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Api;

public sealed class CheckTests : IAsyncLifetime
{
    private const string Checks = "/policysync/api/v1/checks";

    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task The_checks_of_a_silo_are_shown_in_their_order_with_their_remedies()
    {
        using var reader = _host.ClientOf("policysync.read");
        using var answer = await reader.GetAsync(Checks);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(
            """{"checks":[{"name":"storage","status":"OK","detail":"answers"},{"name":"warehouse","status":"WARN","detail":"not set","remedy":"Set it."},{"name":"policies","status":"FAIL","detail":"no answer","remedy":"Mend it."},{"name":"rights","status":"SKIPPED","detail":"no catalog"}]}""",
            await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_token_that_is_limited_to_securables_may_not_read_the_checks()
    {
        using var limited = _host.ClientWith(_host.Signer.Token(claims => claims["policysync.securables"] = "*"));
        using var answer = await limited.GetAsync(Checks);

        var problem = await answer.ProblemAsync(HttpStatusCode.Forbidden);
        Assert.Equal("SECURABLE_NOT_ALLOWED", problem.GetProperty("code").GetString());
    }

    [Fact]
    public async Task Parameters_are_refused_and_a_silo_that_does_not_answer_is_503()
    {
        using var refused = await _host.Client.GetAsync($"{Checks}?deep=true");
        await refused.ProblemAsync(HttpStatusCode.BadRequest);
        _host.Store.Before = () => throw new SyncException(SyncErrorCode.Unavailable, "away");
        using var away = await _host.Client.GetAsync(Checks);

        await away.ProblemAsync(HttpStatusCode.ServiceUnavailable);
    }
}
