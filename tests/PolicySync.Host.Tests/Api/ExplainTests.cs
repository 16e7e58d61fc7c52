using System.Net;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Api;

/// <summary>POST /explain on the wire.</summary>
public sealed class ExplainTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task The_answer_has_the_decision_its_trace_the_paths_and_the_difference()
    {
        using var answer = await _host.Client.AskAsync(Send.Question());

        Assert.Equal(
            """
            {"principal":{"name":"ann@x.io","kind":"USER"},"privilege":"SELECT","securable":{"type":"table","fullName":"main.s.orders","kind":"MANAGED","owner":"own@x.io"},"time":"1970-01-01T00:00:00Z","policyVersion":41,"summary":"policy does not give it","policy":{"decision":"NOT_ALLOWED","reason":"policy `sales` denies it to group `staff`","verdict":"DENIED","policyId":7,"policyName":"sales","end":"DENIED","steps":[{"policyId":7,"policyName":"sales","priority":0,"asked":true,"verdict":"DENIED","changed":true,"decides":true,"match":"SELF","holds":"TRUE","conditions":[],"items":[{"part":"DENY","index":0,"namedBy":"GROUP","name":"staff","path":[{"name":"staff","source":"DIRECTORY"}],"holds":"TRUE","conditions":[],"applies":true}],"givenBy":"DENY"}],"stepCount":1,"notAsked":[{"policyId":8,"policyName":"old","reason":"OUTSIDE_SCHEDULE","wouldSay":"ALLOWED"}],"grants":[]},"unityCatalog":{"has":true,"paths":[{"path":"INHERITED","grantee":"staff","members":[{"name":"staff","source":"DIRECTORY"}],"granted":"SELECT","type":"schema","fullName":"main.s","origin":"FOREIGN"}],"missingUse":[],"readTime":"1970-01-01T00:00:00Z","unread":[]},"difference":"EXPOSED","changes":[],"guards":[],"gaps":[{"code":"INHERITED_ACCESS","direction":"EXPOSED","principal":"staff","privilege":"SELECT","detail":"why","policyId":7}],"notes":[]}
            """,
            (await answer.Content.ReadAsStringAsync()).Replace("\\u0060", "`", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("[]", "")]
    [InlineData("""{"principal":"a","privilege":"SELECT"}""", "/securable")]
    [InlineData("""{"principal":"","privilege":"SELECT","securable":{"type":"table","fullName":"a.b.c"}}""", "/principal")]
    [InlineData("""{"principal":"a\u0000b","privilege":"SELECT","securable":{"type":"table","fullName":"a.b.c"}}""", "/principal")]
    [InlineData("""{"principal":7,"privilege":"SELECT","securable":{"type":"table","fullName":"a.b.c"}}""", "/principal")]
    [InlineData("""{"principal":"a","privilege":"SEL-ECT","securable":{"type":"table","fullName":"a.b.c"}}""", "/privilege")]
    [InlineData("""{"principal":"a","privilege":"NOT_ONE","securable":{"type":"table","fullName":"a.b.c"}}""", "/privilege")]
    [InlineData("""{"principal":"a","privilege":"SELECT","securable":"table a.b.c"}""", "/securable")]
    [InlineData("""{"principal":"a","privilege":"SELECT","securable":{"type":"table","fullName":"a.b"}}""", "/securable")]
    [InlineData("""{"principal":"a","privilege":"SELECT","securable":{"type":"tables","fullName":"a.b.c"}}""", "/securable")]
    [InlineData("""{"principal":"a","privilege":"SELECT","securable":{"fullName":"a.b.c"}}""", "/securable/type")]
    [InlineData("""{"principal":"a","privilege":"SELECT","securable":{"type":"table","full_name":"a.b.c"}}""", "/securable/full_name")]
    [InlineData("""{"user":"a","Principal":"a","privilege":"SELECT","securable":{"type":"table","fullName":"a.b.c"}}""", "/Principal")]
    public async Task A_fault_of_the_body_is_named_with_its_place(string body, string pointer)
    {
        using var answer = await _host.Client.AskAsync(body);

        var problem = await answer.ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Contains(pointer, problem.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("pointer").GetString()));
    }

    [Theory]
    [InlineData("missing", HttpStatusCode.NotFound, "NOT_FOUND")]
    [InlineData("refused", HttpStatusCode.BadGateway, "NOT_ANSWERED")]
    [InlineData("busy", HttpStatusCode.ServiceUnavailable, "UNAVAILABLE")]
    public async Task A_question_that_cannot_be_answered_says_why(string table, HttpStatusCode status, string code)
    {
        using var answer = await _host.Client.AskAsync(Send.Question(table));

        Assert.Equal(code, (await answer.ProblemAsync(status)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_token_that_may_only_read_may_ask_and_one_for_other_securables_finds_nothing()
    {
        using var reader = _host.ClientWith(_host.Signer.Token(claims => claims["scope"] = "policysync.read"));
        using var read = await reader.AskAsync(Send.Question());
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);

        using var limited = _host.ClientWith(_host.Signer.Token(claims => claims["policysync.securables"] = "main.other"));
        using var refused = await limited.AskAsync(Send.Question());
        await refused.ProblemAsync(HttpStatusCode.NotFound);
    }
}
