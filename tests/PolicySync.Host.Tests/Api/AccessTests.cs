using System.Net;
using System.Text.Json.Nodes;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Api;

/// <summary>Who has access to a securable, on the wire.</summary>
public sealed class AccessTests : IAsyncLifetime
{
    private const string Tables = "/policysync/api/v1/securables/table";

    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Every_path_is_shown_with_what_policy_says_and_pages_follow_each_other()
    {
        using var answer = await _host.Client.GetAsync($"{Tables}/main.s.orders/access?pageSize=1");

        var first = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject();
        var token = (string)first["nextPageToken"]!;
        first.Remove("nextPageToken");
        Assert.Equal(
            """
            {"type":"table","fullName":"main.s.orders","source":"live","kind":"MANAGED","owner":"own@x.io","readTime":"1970-01-01T00:00:00Z","policyVersion":41,"principals":[{"principal":"ann@x.io","kind":"USER","privileges":[{"privilege":"SELECT","paths":[{"path":"INHERITED","grantee":"staff","membership":true,"granted":"ALL_PRIVILEGES","type":"schema","fullName":"main.s","origin":"FOREIGN"}],"policy":{"verdict":"DENIED","policyId":7,"policyName":"sales"},"difference":"EXPOSED"}],"missingUse":[{"privilege":"USE_CATALOG","type":"catalog","fullName":"main"}]}],"principalCount":2,"gaps":[{"code":"INHERITED_ACCESS","direction":"EXPOSED","principal":"ann@x.io","privilege":"SELECT","detail":"why","policyId":7}],"gapCount":1,"changes":[],"changeCount":0,"unread":[],"calls":3}
            """, first.ToJsonString());
        using var next = await _host.Client.GetAsync($"{Tables}/main.s.orders/access?pageSize=1&pageToken={token}");
        var second = JsonNode.Parse(await next.Content.ReadAsStringAsync())!;
        Assert.Equal("bob@x.io", (string?)second["principals"]![0]!["principal"]);
        Assert.Null(second["nextPageToken"]);
    }

    [Fact]
    public async Task A_page_token_of_another_question_is_refused()
    {
        using var answer = await _host.Client.GetAsync($"{Tables}/main.s.orders/access?pageSize=1");
        var token = (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["nextPageToken"]!;

        using var other = await _host.Client.GetAsync($"{Tables}/main.s.orders/access?principal=ann@x.io&pageToken={token}");

        Assert.Equal("was not issued for this list", (await other.ProblemAsync(HttpStatusCode.BadRequest)).GetProperty("errors")[0].GetProperty("detail").GetString());
    }

    [Fact]
    public async Task What_was_recorded_is_told_without_the_workspace()
    {
        using var answer = await _host.Client.GetAsync($"{Tables}/main.s.recorded/access?source=last");

        Assert.Equal(
            """
            {"type":"table","fullName":"main.s.recorded","source":"last","readTime":"1970-01-01T00:00:01Z","policyVersion":41,"principals":[{"principal":"ann@x.io","kind":"UNKNOWN","privileges":[{"privilege":"SELECT","paths":[{"path":"DIRECT","grantee":"ann@x.io","granted":"SELECT","type":"table","fullName":"main.s.recorded","origin":"OURS","policyId":7,"policyName":"sales","taskId":"77","since":"1970-01-01T00:00:00Z"}]}]}],"principalCount":1,"gaps":[],"gapCount":0,"changes":[],"changeCount":0,"unread":[],"calls":0}
            """, await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("main.s.missing", HttpStatusCode.NotFound, "NOT_FOUND", "there is no such table")]
    [InlineData("main.s.refused", HttpStatusCode.BadGateway, "NOT_ANSWERED", "PERMISSION_DENIED: databricks refused")]
    [InlineData("main.s.busy", HttpStatusCode.ServiceUnavailable, "UNAVAILABLE", "databricks is busy")]
    public async Task A_question_that_cannot_be_answered_says_why(string table, HttpStatusCode status, string code, string detail)
    {
        using var answer = await _host.Client.GetAsync($"{Tables}/{table}/access");

        var problem = await answer.ProblemAsync(status);
        Assert.Equal((code, detail), (problem.GetProperty("code").GetString(), problem.GetProperty("detail").GetString()));
    }

    [Theory]
    [InlineData("source=now", "source")]
    [InlineData("privilege=a-b", "privilege")]
    [InlineData("holders=1", "holders")]
    [InlineData("principal=a%00b", "principal")]
    [InlineData("user=ann", "user")]
    public async Task A_parameter_that_is_not_one_is_named(string query, string parameter)
    {
        using var answer = await _host.Client.GetAsync($"{Tables}/main.s.orders/access?{query}");

        Assert.Equal(parameter, (await answer.ProblemAsync(HttpStatusCode.BadRequest)).GetProperty("errors")[0].GetProperty("parameter").GetString());
    }

    [Fact]
    public async Task A_token_for_other_securables_finds_nothing()
    {
        using var limited = _host.ClientWith(_host.Signer.Token(claims => claims["policysync.securables"] = "main.other"));

        using var answer = await limited.GetAsync($"{Tables}/main.s.orders/access");

        await answer.ProblemAsync(HttpStatusCode.NotFound);
    }
}
