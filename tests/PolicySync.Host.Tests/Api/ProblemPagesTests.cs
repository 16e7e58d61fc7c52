using System.Net;
using PolicySync.Core.Tasks;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Api;

/// <summary>Every problem leads to a page that explains it.</summary>
public sealed class ProblemPagesTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public static TheoryData<string> Codes => [.. ProblemKind.All.Select(kind => kind.Code)];

    public async Task InitializeAsync() => _host = await TestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [MemberData(nameof(Codes))]
    public async Task The_page_of_a_problem_needs_no_token_and_says_what_it_means_and_what_to_do(string code)
    {
        var kind = ProblemKind.All.Single(kind => kind.Code == code);

        using var answer = await _host.Anonymous.GetAsync(kind.Page);

        Assert.Equal((HttpStatusCode.OK, "text/html"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        var text = WebUtility.HtmlDecode((await answer.Content.ReadAsStringAsync()).Replace("<code>", "`", StringComparison.Ordinal).Replace("</code>", "`", StringComparison.Ordinal));
        Assert.Contains($"`{code}`", text, StringComparison.Ordinal);
        Assert.Contains(kind.Meaning, text, StringComparison.Ordinal);
        Assert.Contains(kind.Remedy, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_index_names_every_problem_and_an_unknown_page_is_404()
    {
        using var index = await _host.Anonymous.GetAsync(ProblemKind.Pages);
        using var unknown = await _host.Anonymous.GetAsync(ProblemKind.Pages + "/nothing");

        var text = await index.Content.ReadAsStringAsync();
        Assert.All(ProblemKind.All, kind => Assert.Contains($"href=\"{kind.Page}\"", text, StringComparison.Ordinal));
        await unknown.ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_index_explains_the_codes_of_tasks()
    {
        using var index = await _host.Anonymous.GetAsync(ProblemKind.Pages);

        var text = WebUtility.HtmlDecode((await index.Content.ReadAsStringAsync()).Replace("<code>", "`", StringComparison.Ordinal).Replace("</code>", "`", StringComparison.Ordinal));
        Assert.All(TaskCodes.Errors.Concat(TaskCodes.Gaps), code => Assert.Contains($"<dt>{code.Name}</dt>\n<dd>{code.Meaning} {code.Remedy}</dd>", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_problem_document_names_its_code_and_the_address_of_its_page()
    {
        using var answer = await _host.Client.PostAsync("{}");

        var problem = await answer.ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal(("INVALID_REQUEST", "/problems/invalid-request"), (problem.GetProperty("code").GetString(), problem.GetProperty("type").GetString()));
    }

    [Fact]
    public void The_API_page_of_the_documentation_explains_every_code()
    {
        var documented = File.ReadLines(Path.Combine(Repository.Root, "docs", "api.md"))
            .SkipWhile(line => !line.StartsWith("| code | status |", StringComparison.Ordinal)).Skip(2).TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Split('|')[1].Trim(' ', '`'));

        Assert.Equal(ProblemKind.All.Select(kind => kind.Code), documented);
    }

    [Theory]
    [InlineData(400, "INVALID_REQUEST")]
    [InlineData(405, "METHOD_NOT_ALLOWED")]
    [InlineData(411, "REFUSED")]
    [InlineData(431, "REFUSED")]
    [InlineData(500, "INTERNAL")]
    [InlineData(502, "INTERNAL")]
    [InlineData(503, "UNAVAILABLE")]
    public void A_status_that_the_server_sets_has_a_kind(int status, string code) => Assert.Equal(code, ProblemKind.Of(status).Code);
}
