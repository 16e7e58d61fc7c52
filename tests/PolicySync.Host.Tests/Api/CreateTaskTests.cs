using System.Net;
using System.Text.Json;
using PolicySync.Core.Tasks;
using PolicySync.Host.ApiDocument;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Api;

public sealed class CreateTaskTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public static TheoryData<string> Vendor => [.. Examples.Requests.Select(example => example.Json)];

    public async Task InitializeAsync() => _host = await TestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [MemberData(nameof(Vendor))]
    public async Task Each_payload_of_the_vendors_page_is_accepted_as_its_clients_expect(string body)
    {
        using var answer = await _host.Client.PostAsync(body);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        var task = await answer.JsonAsync();
        Assert.Equal(["taskId", "status", "message"], task.EnumerateObject().Select(member => member.Name));
        var id = task.GetProperty("taskId").GetString()!;
        Assert.Matches("^[1-9][0-9]{0,18}$", id);
        Assert.Equal("NEW", task.GetProperty("status").GetString());
        Assert.Equal($"/policysync/api/v1/tasks/{id}", answer.Headers.Location?.ToString());
        Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter?.Delta);
    }

    [Fact]
    public async Task A_task_is_kept_with_the_subject_of_the_token_and_never_with_one_of_the_body()
    {
        using var answer = await _host.Client.PostAsync(
            """{"type":"RESOURCE_SYNC","source":"schedule","subject":"mallory","requestInfo":{"resources":[{"type":"catalog","values":{"catalog":"main"}}]}}""");

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var request = _host.Store.LastRequest!;
        Assert.Equal(("tester", null, "subject tester"), (request.Subject, request.Origin, TaskShare.Of(request)));
    }

    [Theory]
    [InlineData("catalog", "true", true)]
    [InlineData("schema", "true", true)]
    [InlineData("catalog", "false", false)]
    [InlineData("table", "false", false)]
    [InlineData("table", "null", false)]
    public async Task A_container_may_be_asked_for_by_itself_and_a_leaf_may_say_that_it_is_not(string type, string selfOnly, bool stored)
    {
        using var answer = await _host.Client.PostAsync(
            $$$"""{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{"type":"{{{type}}}","selfOnly":{{{selfOnly}}},"values":{"catalog":"main"}}]}}""");

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal(stored, _host.Store.LastRequest!.Resources.Single().SelfOnly);
    }

    [Fact]
    public async Task A_leaf_by_itself_is_400_and_says_what_selfOnly_is_for()
    {
        using var answer = await _host.Client.PostAsync(
            """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{"type":"volume","selfOnly":true,"values":{"catalog":"main","schema":"s","volume":"v"}}]}}""");

        var fault = Assert.Single((await answer.ProblemAsync(HttpStatusCode.BadRequest)).GetProperty("errors").EnumerateArray());
        Assert.Equal(
            ("/requestInfo/resources/0/selfOnly", "is for a catalog or a schema; nothing is below another securable, so leave it out"),
            (fault.GetProperty("pointer").GetString(), fault.GetProperty("detail").GetString()));
        Assert.Equal(0, _host.Store.Accepted);
    }

    [Fact]
    public async Task A_request_reaches_the_store_as_it_was_sent()
    {
        using var answer = await _host.Client.PostAsync(
            """
            {"requestInfo":{"allowRevoke":true,"dryRun":true,"resources":[{"values":{"table":"t","catalog":"Main","schema":"s"},"type":"view"}]},
             "type":"RESOURCE_SYNC","source":"hub","unknown":{"x":[1,2,{"y":null}]}}
            """);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var request = _host.Store.LastRequest!;
        Assert.Equal("RESOURCE_SYNC", request.Type);
        Assert.True(request.DryRun);
        Assert.True(request.AllowRevoke);
        Assert.Equal(new SyncEvent { Source = "hub" }, request.Event);
        var resource = Assert.Single(request.Resources);
        Assert.Equal("view", resource.Type);
        Assert.Equal("Main", resource.Values["catalog"]);
    }

    [Theory]
    [InlineData("""{"type":"SOMETHING","requestInfo":{"resources":[{"type":"catalog","values":{"catalog":"main"}}]}}""")]
    [InlineData("""{"type":"","requestInfo":{"resources":[{"type":"catalog","values":{"catalog":"main"}}]}}""")]
    [InlineData("""{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{"type":"database","values":{}}]}}""")]
    [InlineData("""{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{"type":"table","values":{"catalog":"main"}}]}}""")]
    [InlineData("""{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{"type":"catalog","values":{"catalog":"main","schema":"x","more":"y"}}]}}""")]
    [InlineData("""{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{"type":"catalog","values":{"catalog":"a/b\u0000*?"}}]}}""")]
    public async Task What_is_well_formed_and_not_to_be_done_is_accepted_for_the_task_to_skip(string body)
    {
        using var answer = await _host.Client.PostAsync(body);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    [Fact]
    public async Task A_thousand_resources_and_32_levels_are_not_too_many()
    {
        using var many = await _host.Client.PostAsync(BadBodies.WithResources(1_000));
        using var deep = await _host.Client.PostAsync(
            $"{{\"x\":{new string('[', 31)}{new string(']', 31)},{Send.Table[1..]}");

        Assert.Equal(HttpStatusCode.Accepted, many.StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, deep.StatusCode);
    }

    [Theory]
    [InlineData("1795473600123")]
    [InlineData("1e400")]
    [InlineData("-0.10")]
    [InlineData("\"2026-11-23T09:30:00Z\"")]
    [InlineData("\"\"")]
    [InlineData("\"\\u00e9 \\ud83d\\ude00 \\\"\"")]
    public async Task Event_fields_come_back_as_they_were_sent(string createTime)
    {
        using var answer = await _host.Client.PostAsync(
            $$"""{"id":"e-1","appType":"a","appSubType":"b","source":"","createTime":{{createTime}},{{Send.Table[1..]}}""");
        var id = (await answer.JsonAsync()).GetProperty("taskId").GetString();

        using var read = await _host.Client.GetAsync($"{Send.Tasks}/{id}");

        var sent = (await read.JsonAsync()).GetProperty("event");
        Assert.Equal(["id", "appType", "appSubType", "source", "createTime"], sent.EnumerateObject().Select(member => member.Name));
        Assert.Equal("e-1", sent.GetProperty("id").GetString());
        var written = JsonElement.Parse(createTime);
        Assert.Equal(written.ValueKind == JsonValueKind.String ? written.GetString() : createTime, sent.GetProperty("createTime").GetString());
    }
}
