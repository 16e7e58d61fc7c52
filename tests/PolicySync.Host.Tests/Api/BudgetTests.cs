using System.Net;
using PolicySync.Core.Errors;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Api;

public sealed class BudgetTests : IAsyncLifetime
{
    private const string Budget = "/policysync/api/v1/budget";

    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task The_use_of_the_budget_is_shown_to_every_reader()
    {
        using var limited = _host.ClientWith(_host.Signer.Token(claims => claims["policysync.securables"] = "main.*"));
        using var answer = await limited.GetAsync(Budget);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(
            """{"requestsPerSecond":50,"allowedPerSecond":42.5,"demandPerSecond":61.2,"maxConcurrency":16,"running":9,"waiting":31,"processes":2}""",
            await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Parameters_are_refused_and_a_silo_that_does_not_answer_is_503()
    {
        using var refused = await _host.Client.GetAsync($"{Budget}?live=true");
        await refused.ProblemAsync(HttpStatusCode.BadRequest);
        _host.Store.Before = () => throw new SyncException(SyncErrorCode.Unavailable, "away");
        using var away = await _host.Client.GetAsync(Budget);

        await away.ProblemAsync(HttpStatusCode.ServiceUnavailable);
    }
}
