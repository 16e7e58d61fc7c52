using System.Net;
using System.Text.Json.Nodes;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Auth;

public sealed class ScopeTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    /// <summary>The scope claim as JSON (nothing: no claim), and whether it opens reading, the whole API, and operations.</summary>
    [Theory]
    [InlineData(null, true, true, false)]
    [InlineData("\"policysync.tasks\"", true, true, false)]
    [InlineData("\"openid policysync.tasks profile\"", true, true, false)]
    [InlineData("[\"policysync.tasks\"]", true, true, false)]
    [InlineData("\"policysync.ops\"", false, false, true)]
    [InlineData("[\"policysync.ops\"]", false, false, true)]
    [InlineData("\"policysync.tasks policysync.ops\"", true, true, true)]
    [InlineData("[\"policysync.ops\",\"policysync.tasks\"]", true, true, true)]
    [InlineData("\"policysync.read\"", true, false, false)]
    [InlineData("[\"policysync.read\",\"policysync.ops\"]", true, false, true)]
    [InlineData("\"policysync.read.\"", false, false, false)]
    [InlineData("\"\"", false, false, false)]
    [InlineData("[]", false, false, false)]
    [InlineData("null", false, false, false)]
    [InlineData("{}", false, false, false)]
    [InlineData("1", false, false, false)]
    [InlineData("[1,null]", false, false, false)]
    [InlineData("\"openid\"", false, false, false)]
    [InlineData("\"POLICYSYNC.TASKS\"", false, false, false)]
    [InlineData("\"policysync.tasks,policysync.ops\"", false, false, false)]
    [InlineData("\"policysync.task\"", false, false, false)]
    [InlineData("[\"policysync.tasks policysync.ops\"]", false, false, false)]
    public async Task A_scope_opens_what_it_names(string? scope, bool reads, bool api, bool operations)
    {
        using var client = _host.ClientWith(_host.Signer.Token(claims =>
        {
            if (scope is not null)
            {
                claims["scope"] = JsonNode.Parse(scope);
            }
        }));

        using var task = await client.PostAsync(Send.Table);
        using var read = await client.GetAsync($"{Send.Tasks}/1");
        using var list = await client.GetAsync(Send.Tasks);
        using var cancel = await client.PostAsync($"{Send.Tasks}/1:cancel", content: null);
        using var retry = await client.PostAsync($"{Send.Tasks}/1:retry", content: null);
        using var metrics = await client.GetAsync("/metrics");
        using var document = await client.GetAsync("/openapi/v1.json");
        using var reference = await client.GetAsync("/scalar/");

        Assert.Equal(api ? HttpStatusCode.Accepted : HttpStatusCode.Forbidden, task.StatusCode);
        Assert.Equal(reads ? HttpStatusCode.NotFound : HttpStatusCode.Forbidden, read.StatusCode);
        Assert.Equal(reads ? HttpStatusCode.OK : HttpStatusCode.Forbidden, list.StatusCode);
        Assert.Equal(api ? HttpStatusCode.NotFound : HttpStatusCode.Forbidden, cancel.StatusCode);
        Assert.Equal(api ? HttpStatusCode.NotFound : HttpStatusCode.Forbidden, retry.StatusCode);
        Assert.Equal(operations ? HttpStatusCode.OK : HttpStatusCode.Forbidden, metrics.StatusCode);
        Assert.Equal(HttpStatusCode.OK, document.StatusCode);
        Assert.Equal(HttpStatusCode.OK, reference.StatusCode);
        if (!api)
        {
            await task.ProblemAsync(HttpStatusCode.Forbidden);
        }
    }

    /// <summary>The claims `scope` and `scp` as JSON, and whether they open reading, the whole API, and operations.</summary>
    [Theory]
    [InlineData(null, "\"policysync.read\"", true, false, false)]
    [InlineData(null, "\"policysync.ops openid\"", false, false, true)]
    [InlineData(null, "[\"policysync.tasks\"]", true, true, false)]
    [InlineData(null, "\"\"", false, false, false)]
    [InlineData(null, "null", false, false, false)]
    [InlineData("\"policysync.read\"", "\"policysync.tasks policysync.ops\"", true, false, false)]
    [InlineData("null", "\"policysync.tasks\"", false, false, false)]
    public async Task The_claim_scp_counts_as_scope_where_there_is_no_scope(string? scope, string scp, bool reads, bool api, bool operations)
    {
        using var client = _host.ClientWith(_host.Signer.Token(claims =>
        {
            claims["scp"] = JsonNode.Parse(scp);
            if (scope is not null)
            {
                claims["scope"] = JsonNode.Parse(scope);
            }
        }));

        using var task = await client.PostAsync(Send.Table);
        using var list = await client.GetAsync(Send.Tasks);
        using var metrics = await client.GetAsync("/metrics");

        Assert.Equal(api ? HttpStatusCode.Accepted : HttpStatusCode.Forbidden, task.StatusCode);
        Assert.Equal(reads ? HttpStatusCode.OK : HttpStatusCode.Forbidden, list.StatusCode);
        Assert.Equal(operations ? HttpStatusCode.OK : HttpStatusCode.Forbidden, metrics.StatusCode);
    }

    [Fact]
    public async Task A_bad_body_without_the_scope_is_403_not_400()
    {
        using var client = _host.ClientWith(_host.Signer.Token(claims => claims["scope"] = "other"));

        using var answer = await client.PostAsync("{");

        await answer.ProblemAsync(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Metrics_are_open_when_the_configuration_says_so()
    {
        await using var host = await TestHost.StartAsync(settings: ("PolicySync:Metrics:Anonymous", "true"));

        using var answer = await host.Anonymous.GetAsync("/metrics");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Health_endpoints_require_no_token()
    {
        using var answer = await _host.Anonymous.GetAsync("/health/live");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
