using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using PolicySync.Core.Tasks;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Auth;

/// <summary>What a token may sync and read whose claim <c>policysync.securables</c> names patterns.</summary>
public sealed class SecurableClaimTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("\"main\"", "catalog main", true)]
    [InlineData("\"main\"", "table main.sales.customers", true)]
    [InlineData("\"MAIN\"", "table Main.Sales.Customers", true)]
    [InlineData("\"main\"", "catalog main2", false)]
    [InlineData("\"main\"", "table other.main.main", false)]
    [InlineData("\"main.sales\"", "catalog main", false)] // a part of a catalog is not the catalog
    [InlineData("\"main.*\"", "catalog main", false)]
    [InlineData("\"main.*\"", "schema main.sales", true)]
    [InlineData("\"main.sales.cust*\"", "schema main.sales", false)]
    [InlineData("\"main.sales.cust*\"", "table main.sales.customers", true)]
    [InlineData("\"*.sales\"", "table other.sales.t", true)]
    [InlineData("\"other hr.people main.sales\"", "table main.sales.customers", true)]
    [InlineData("[\"other\",\"main.sales\"]", "schema main.sales", true)]
    [InlineData("[\"other\",\"main.sales\"]", "schema main.hr", false)]
    [InlineData("\"*\"", "catalog main", true)]
    [InlineData("\"*\"", "external_location landing", true)]
    [InlineData("\"*.*\"", "external_location landing", false)]
    [InlineData("\"main\"", "metastore 12a", false)]
    [InlineData("\"\"", "catalog main", false)] // no pattern: nothing
    [InlineData("\"  \"", "catalog main", false)]
    [InlineData("[]", "catalog main", false)]
    [InlineData("\"policysync.tasks\"", "catalog main", false)]
    public async Task A_token_may_sync_what_its_patterns_cover_with_everything_in_it(string patterns, string resource, bool may)
    {
        using var client = Client(patterns);

        using var answer = await client.PostAsync(Body(resource));

        if (may)
        {
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        }
        else
        {
            var problem = await answer.ProblemAsync(HttpStatusCode.Forbidden);
            Assert.Equal("SECURABLE_NOT_ALLOWED", problem.GetProperty("code").GetString());
            Assert.Equal(["/requestInfo/resources/0"], problem.Pointers());
            Assert.Equal(0, _host.Store.Accepted);
        }
    }

    [Theory]
    [InlineData("null")]
    [InlineData("1")]
    [InlineData("true")]
    [InlineData("{}")]
    [InlineData("{\"include\":[\"*\"]}")]
    [InlineData("[1]")]
    [InlineData("[\"main\",null]")]
    [InlineData("[[\"main\"]]")]
    [InlineData("[\"\"]")]
    [InlineData("[\"main other\"]")]
    [InlineData("\"main.\"")]
    [InlineData("\".main\"")]
    [InlineData("\"a.b.c.d\"")]
    [InlineData("\"main\\nother\"")]
    [InlineData("\"main\\u0000\"")]
    public async Task A_claim_that_is_no_list_of_patterns_gives_no_access(string patterns)
    {
        foreach (var scope in new[] { null, "policysync.read", "policysync.tasks policysync.ops" })
        {
            using var client = Client(patterns, scope);

            using var list = await client.GetAsync(Send.Tasks);
            using var post = await client.PostAsync(Send.Table);

            var problem = await list.ProblemAsync(HttpStatusCode.Unauthorized);
            Assert.Equal("the claim policysync.securables is not a list of patterns; send a valid one", problem.GetProperty("detail").GetString());
            Assert.Equal(
                "Bearer error=\"invalid_token\", error_description=\"the claim policysync.securables is not a list of patterns\"",
                list.Headers.WwwAuthenticate.ToString());
            await post.ProblemAsync(HttpStatusCode.Unauthorized);
        }
    }

    [Fact]
    public async Task A_claim_in_another_case_or_with_too_many_patterns_gives_no_access()
    {
        using var cased = _host.ClientWith(_host.Signer.Token(claims => claims["policysync.Securables"] = "main"));
        using var many = Client(new JsonArray([.. Enumerable.Range(0, 1_001).Select(n => (JsonNode)$"c{n}")]).ToJsonString());
        foreach (var client in new[] { cased, many })
        {
            using var answer = await client.GetAsync(Send.Tasks);

            await answer.ProblemAsync(HttpStatusCode.Unauthorized);
        }
    }

    [Fact]
    public async Task A_claim_that_appears_twice_gives_no_access()
    {
        var claims = Signer.Claims().ToJsonString().TrimEnd('}') + ",\"policysync.securables\":\"main\",\"policysync.securables\":\"*\"}";
        using var client = _host.ClientWith(_host.Signer.SignText($$"""{"alg":"{{_host.Signer.Algorithm}}"}""", claims));

        using var answer = await client.GetAsync(Send.Tasks);

        await answer.ProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_refusal_names_the_resources_that_are_not_covered()
    {
        using var client = Client("\"main\"");

        using var answer = await client.PostAsync(Body("catalog main", "table hr.people.salaries", "table main.sales.t", "nothing main"));

        var problem = await answer.ProblemAsync(HttpStatusCode.Forbidden);
        Assert.Equal(["/requestInfo/resources/1", "/requestInfo/resources/3"], problem.Pointers());
        Assert.Equal(
            "`/requestInfo/resources/1` `table hr.people.salaries` is not covered by `policysync.securables` of the token",
            problem.GetProperty("detail").GetString());
        Assert.Equal("names no securable, so `policysync.securables` of the token cannot cover it", problem.GetProperty("errors")[1].GetProperty("detail").GetString());
    }

    [Fact]
    public async Task A_refusal_of_a_thousand_resources_names_the_first_hundred()
    {
        using var client = Client("\"main\"");

        using var answer = await client.PostAsync(Body([.. Enumerable.Range(0, 1_000).Select(n => $"catalog c{n}")]));

        Assert.Equal(100, (await answer.ProblemAsync(HttpStatusCode.Forbidden)).GetProperty("errors").GetArrayLength());
    }

    [Fact]
    public async Task A_task_with_a_resource_outside_the_patterns_does_not_exist_for_the_token()
    {
        var mixed = await _host.Store.AcceptAsync(Request("table main.sales.t", "table hr.people.salaries"), default);
        var own = await _host.Store.AcceptAsync(Request("table main.sales.t"), default);
        using var client = Client("\"main\"");

        foreach (var address in new[] { "", "/resources" })
        {
            using var hidden = await client.GetAsync($"{Send.Tasks}/{mixed.Id}{address}");
            using var unknown = await client.GetAsync($"{Send.Tasks}/1{address}");
            using var shown = await client.GetAsync($"{Send.Tasks}/{own.Id}{address}");
            Assert.Equal(
                (await unknown.ProblemAsync(HttpStatusCode.NotFound)).GetProperty("detail").GetString(),
                (await hidden.ProblemAsync(HttpStatusCode.NotFound)).GetProperty("detail").GetString());
            Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        }

        foreach (var action in new[] { "cancel", "retry" })
        {
            using var answer = await client.PostAsync($"{Send.Tasks}/{mixed.Id}:{action}", content: null);
            await answer.ProblemAsync(HttpStatusCode.NotFound);
        }

        Assert.Null((await _host.Store.FindAsync(mixed.Id, default))!.Cancel);
    }

    [Fact]
    public async Task A_list_shows_only_tasks_that_the_token_may_read_open_and_ended()
    {
        string[][] ended = [["table main.sales.t"], ["table hr.people.salaries"], ["table main.sales.t", "catalog hr"], ["catalog main"], ["nothing main"]];
        var tasks = new List<TaskId>();
        foreach (var resources in ended)
        {
            tasks.Add((await _host.Store.AcceptAsync(Request(resources), default)).Id);
        }

        await _host.Store.FinishAllAsync();
        foreach (var resources in ended)
        {
            tasks.Add((await _host.Store.AcceptAsync(Request(resources), default)).Id);
        }

        Assert.Equal(new[] { tasks[0], tasks[3], tasks[5], tasks[8] }.Select(id => id.ToString()).Order(), (await ListAsync("\"main\"")).Order());
        Assert.Equal(new[] { tasks[0], tasks[5] }.Select(id => id.ToString()).Order(), (await ListAsync("\"main.sales\"")).Order());
        Assert.Empty(await ListAsync("[]"));
        Assert.Equal(8, (await ListAsync("\"*\"")).Count); // a resource that names no securable is in no pattern
        Assert.Equal(10, (await ListAsync(patterns: null)).Count);
    }

    [Fact]
    public async Task A_list_reads_a_task_whose_resources_do_not_fit_into_it()
    {
        var many = Enumerable.Range(0, 200).Select(n => $"table main.sales.table_of_number_{n}").ToArray();
        var hidden = await _host.Store.AcceptAsync(Request([.. many, "catalog hr"]), default);
        var shown = await _host.Store.AcceptAsync(Request(many), default);

        Assert.Equal([shown.Id.ToString()], await ListAsync("\"main\""));
        Assert.Equal([hidden.Id.ToString(), shown.Id.ToString()], (await ListAsync("\"main hr\"")).Order());
    }

    [Fact]
    public async Task A_resource_that_only_looks_like_a_securable_is_not_shown_as_one()
    {
        var values = new Dictionary<string, string> { ["catalog"] = "main.sales.t" };
        await _host.Store.AcceptAsync(TestStore.Request with { Resources = [new RequestedResource("table", values)] }, default);

        Assert.Empty(await ListAsync("\"main\""));
        using var found = await _host.Client.GetAsync($"{Send.Tasks}?securable=table%20main.sales.t");
        Assert.Empty((await found.JsonAsync()).GetProperty("tasks").EnumerateArray());
    }

    [Fact]
    public async Task A_key_reveals_no_task_that_the_token_may_not_read()
    {
        using var wide = Client(patterns: null);
        using var narrow = Client("\"main\"");
        var body = Body("table hr.people.salaries");

        using var first = await wide.SendAsync(Keyed(body));
        using var repeated = await narrow.SendAsync(Keyed(body));
        using var other = await narrow.SendAsync(Keyed(Body("table main.sales.t")));

        var id = (await first.JsonAsync()).GetProperty("taskId").GetString()!;
        var refused = await repeated.ProblemAsync(HttpStatusCode.Forbidden);
        Assert.DoesNotContain(id, refused.GetRawText(), StringComparison.Ordinal);
        Assert.False(repeated.Headers.Contains("Idempotent-Replayed"));
        Assert.DoesNotContain(id, (await other.ProblemAsync(HttpStatusCode.UnprocessableEntity)).GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_limited_token_retries_and_cancels_what_its_patterns_cover()
    {
        var task = await _host.Store.AcceptAsync(Request("catalog main"), default);
        await _host.Store.FinishAsync(
            task with { Status = SyncTaskStatus.Failed, Outcome = SyncTaskOutcome.Failed, EndTime = task.CreateTime }, default);
        using var covering = Client("\"main\"");
        using var partial = Client("\"main.sales\"");

        using var refused = await partial.PostAsync($"{Send.Tasks}/{task.Id}:retry", content: null);
        using var retried = await covering.PostAsync($"{Send.Tasks}/{task.Id}:retry", content: null);
        using var cancelled = await covering.PostAsync($"{Send.Tasks}/{task.Id}:cancel", content: null);

        await refused.ProblemAsync(HttpStatusCode.NotFound);
        Assert.Equal(HttpStatusCode.Accepted, retried.StatusCode);
        Assert.Equal(HttpStatusCode.OK, cancelled.StatusCode);
    }

    [Fact]
    public async Task A_claim_limits_a_token_that_may_only_read()
    {
        var own = await _host.Store.AcceptAsync(Request("catalog main"), default);
        var other = await _host.Store.AcceptAsync(Request("catalog hr"), default);
        using var client = Client("\"main\"", "policysync.read");

        using var shown = await client.GetAsync($"{Send.Tasks}/{own.Id}");
        using var hidden = await client.GetAsync($"{Send.Tasks}/{other.Id}");
        using var post = await client.PostAsync(Body("catalog main"));

        Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        await hidden.ProblemAsync(HttpStatusCode.NotFound);
        Assert.Equal("INSUFFICIENT_SCOPE", (await post.ProblemAsync(HttpStatusCode.Forbidden)).GetProperty("code").GetString());
    }

    private HttpClient Client(string? patterns, string? scope = null) => _host.ClientWith(_host.Signer.Token(claims =>
    {
        if (patterns is not null)
        {
            claims["policysync.securables"] = JsonNode.Parse(patterns);
        }

        if (scope is not null)
        {
            claims["scope"] = scope;
        }
    }));

    private async Task<List<string>> ListAsync(string? patterns)
    {
        using var client = Client(patterns);
        var tasks = new List<string>();
        string? token = "";
        while (token is not null)
        {
            using var answer = await client.GetAsync($"{Send.Tasks}?pageToken={token}");
            var page = await answer.JsonAsync();
            tasks.AddRange(page.GetProperty("tasks").EnumerateArray().Select(task => task.GetProperty("taskId").GetString()!));
            token = page.TryGetProperty("nextPageToken", out var next) ? next.GetString() : null;
        }

        return tasks;
    }

    private static HttpRequestMessage Keyed(string body) =>
        new(HttpMethod.Post, Send.Task) { Content = new StringContent(body, null, "application/json"), Headers = { { "Idempotency-Key", "one" } } };

    private static SyncRequest Request(params string[] resources) => TestStore.Request with { Resources = [.. resources.Select(Resource)] };

    private static RequestedResource Resource(string text) =>
        text.Split(' ') is var words && RequestedResource.Parse(words[0], words[1]) is { } resource
            ? resource
            : new RequestedResource(words[0], new Dictionary<string, string> { ["catalog"] = words[1] });

    private static string Body(params string[] resources) => JsonSerializer.Serialize(new
    {
        type = "RESOURCE_SYNC",
        requestInfo = new { resources = resources.Select(Resource).Select(resource => new { type = resource.Type, values = resource.Values }) },
    });
}
