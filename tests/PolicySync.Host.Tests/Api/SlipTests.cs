using System.Net;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Api;

/// <summary>A member that was meant to be another one must not be ignored: a dry run that is not recognised would write.</summary>
public sealed class SlipTests : IAsyncLifetime
{
    private const string Info = "/requestInfo";
    private const string First = "/requestInfo/resources/0";
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    /// <summary>Members at the top, in `requestInfo`, in the resource and in its values; the pointer of the fault, and what is to be sent.</summary>
    public static TheoryData<string, string, string, string, string, string> Slips => new()
    {
        // In the wrong place
        { "\"dryRun\":true", "", "", "", "/dryRun", Info + "/dryRun" },
        { "\"allowRevoke\":true", "", "", "", "/allowRevoke", Info + "/allowRevoke" },
        { "\"resources\":[]", "", "", "", "/resources", Info + "/resources" },
        { "\"values\":{}", "", "", "", "/values", First + "/values" },
        { "", "\"source\":\"x\"", "", "", Info + "/source", "/source" },
        { "", "\"values\":{}", "", "", Info + "/values", First + "/values" },
        { "", "", "\"dryRun\":true", "", First + "/dryRun", Info + "/dryRun" },
        { "", "", "\"catalog\":\"main\"", "", First + "/catalog", First + "/values/catalog" },
        { "", "", "", "\"dryRun\":\"true\"", First + "/values/dryRun", Info + "/dryRun" },
        { "\"options\":{\"dryRun\":true}", "", "", "", "/options/dryRun", Info + "/dryRun" },
        { "\"options\":[0,{\"x\":{\"dry_run\":true}}]", "", "", "", "/options/1/x/dry_run", Info + "/dryRun" },

        { "\"selfOnly\":true", "", "", "", "/selfOnly", First + "/selfOnly" },
        { "", "\"selfOnly\":true", "", "", Info + "/selfOnly", First + "/selfOnly" },
        { "", "", "", "\"selfOnly\":\"true\"", First + "/values/selfOnly", First + "/selfOnly" },
        { "\"options\":{\"self_only\":true}", "", "", "", "/options/self_only", First + "/selfOnly" },

        // Near misses: case, separators, two letters
        { "", "\"dryrun\":true", "", "", Info + "/dryrun", Info + "/dryRun" },
        { "", "\"DRYRUN\":true", "", "", Info + "/DRYRUN", Info + "/dryRun" },
        { "", "\"dry_run\":true", "", "", Info + "/dry_run", Info + "/dryRun" },
        { "", "\"dry-run\":true", "", "", Info + "/dry-run", Info + "/dryRun" },
        { "", "\"dryRnu\":true", "", "", Info + "/dryRnu", Info + "/dryRun" },
        { "", "\"dyrRnu\":true", "", "", Info + "/dyrRnu", Info + "/dryRun" },
        { "", "\"dryRuns\":true", "", "", Info + "/dryRuns", Info + "/dryRun" },
        { "", "\"dRun\":true", "", "", Info + "/dRun", Info + "/dryRun" },
        { "", "\"alowRevoke\":true", "", "", Info + "/alowRevoke", Info + "/allowRevoke" },
        { "", "\"allow_revoke\":true", "", "", Info + "/allow_revoke", Info + "/allowRevoke" },
        { "", "\"allowRevokes\":true", "", "", Info + "/allowRevokes", Info + "/allowRevoke" },
        { "", "\"resource\":[]", "", "", Info + "/resource", Info + "/resources" },
        { "\"dry_run\":true", "", "", "", "/dry_run", Info + "/dryRun" },
        { "\"request_info\":{}", "", "", "", "/request_info", Info },
        { "\"requestInf\":{}", "", "", "", "/requestInf", Info },
        { "\"Type\":\"VERIFY\"", "", "", "", "/Type", "/type" },
        { "\"types\":\"VERIFY\"", "", "", "", "/types", "/type" },
        { "\"ID\":\"1\"", "", "", "", "/ID", "/id" },
        { "\"create_time\":1", "", "", "", "/create_time", "/createTime" },
        { "\"createdTime\":1", "", "", "", "/createdTime", "/createTime" },
        { "", "", "\"value\":{}", "", First + "/value", First + "/values" },
        { "", "", "\"selfonly\":true", "", First + "/selfonly", First + "/selfOnly" },
        { "", "", "\"Type\":\"table\"", "", First + "/Type", First + "/type" },
        { "", "", "\"Schema\":\"sales\"", "", First + "/Schema", First + "/values/schema" },
        { "", "", "", "\"dry_run\":\"x\"", First + "/values/dry_run", Info + "/dryRun" },
    };

    [Theory]
    [MemberData(nameof(Slips))]
    public async Task A_slip_is_400_with_its_pointer_and_the_right_name(
        string atTop, string inInfo, string inResource, string inValues, string pointer, string meant)
    {
        using var answer = await _host.Client.PostAsync(Body(atTop, inInfo, inResource, inValues));

        var problem = await answer.ProblemAsync(HttpStatusCode.BadRequest);
        var fault = Assert.Single(problem.GetProperty("errors").EnumerateArray());
        Assert.Equal(
            (pointer, $"is not a member of this object; send `{meant}`"),
            (fault.GetProperty("pointer").GetString(), fault.GetProperty("detail").GetString()));
        Assert.Equal(0, _host.Store.Accepted);
    }

    [Theory]
    [InlineData("\"name\":\"x\"", "/name")]
    [InlineData("\"version\":2", "/version")]
    [InlineData("\"tags\":[{\"run\":1}]", "/tags")]
    [InlineData("\"user\":{\"id\":\"ann\",\"type\":\"USER\"}", "/user")]
    [InlineData("\"eventTime\":1", "/eventTime")]
    [InlineData("\"a/b\":1", "/a~1b")]
    public async Task Another_unknown_member_is_allowed_and_named_in_the_answer_and_the_task(string member, string pointer)
    {
        using var answer = await _host.Client.PostAsync(Body(member, "", "", ""));

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var accepted = await answer.JsonAsync();
        Assert.Equal(["taskId", "status", "message", "ignoredMembers"], accepted.EnumerateObject().Select(named => named.Name));
        Assert.Equal([pointer], accepted.Texts("ignoredMembers"));
        using var read = await _host.Client.GetAsync(answer.Headers.Location);
        Assert.Equal([pointer], (await read.JsonAsync()).Texts("ignoredMembers"));
    }

    [Fact]
    public async Task Unknown_members_of_every_object_are_named_up_to_a_hundred()
    {
        var many = string.Join(',', Enumerable.Range(0, 500).Select(n => $"\"extra{n}\":{n}"));

        using var few = await _host.Client.PostAsync(Body("\"x\":1", "\"y\":1", "\"z\":1", ""));
        using var full = await _host.Client.PostAsync(Body(many, "", "", ""));

        Assert.Equal(["/x", "/requestInfo/y", "/requestInfo/resources/0/z"], (await few.JsonAsync()).Texts("ignoredMembers"));
        Assert.Equal(100, (await full.JsonAsync()).Texts("ignoredMembers").Count());
    }

    [Fact]
    public async Task With_the_setting_Refuse_unknown_members_are_400()
    {
        await using var strict = await TestHost.StartAsync(settings: ("PolicySync:Api:UnknownMembers", "Refuse"));

        using var answer = await strict.Client.PostAsync(Body("\"x\":1", "\"y\":1", "", ""));
        using var known = await strict.Client.PostAsync(Body("", "", "", ""));

        Assert.Equal(["/x", "/requestInfo/y"], (await answer.ProblemAsync(HttpStatusCode.BadRequest)).Pointers());
        Assert.Equal(HttpStatusCode.Accepted, known.StatusCode);
    }

    [Fact]
    public async Task A_member_that_is_null_counts_as_absent()
    {
        const string nulls =
            """
            {"id":null,"appType":null,"appSubType":null,"source":null,"createTime":null,"type":"RESOURCE_SYNC",
             "requestInfo":{"dryRun":null,"allowRevoke":null,"resources":[{"type":"catalog","values":{"catalog":"main","schema":null}}]}}
            """;

        using var answer = await _host.Client.PostAsync(nulls);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var request = _host.Store.LastRequest!;
        Assert.Equal((false, false, null), (request.DryRun, request.AllowRevoke, request.Event));
        Assert.Equal(["catalog"], Assert.Single(request.Resources).Values.Keys);
    }

    [Theory]
    [InlineData("tasks?stauts=FAILED", "stauts", "is not a parameter of this address; send `status`")]
    [InlineData("tasks?limit=5", "limit", "is not a parameter of this address; it has status, outcome, type, source, requestedBy, securable, from, to, pageSize, pageToken")]
    [InlineData("tasks?page_size=5", "page_size", "is not a parameter of this address; send `pageSize`")]
    [InlineData("tasks/1/resources?Status=FAILED", "Status", "is not a parameter of this address; send `status`")]
    [InlineData("tasks/1?wait=5", "wait", "is not a parameter of this address, which has none")]
    public async Task A_query_parameter_that_is_not_known_is_400(string address, string parameter, string detail)
    {
        using var answer = await _host.Client.GetAsync($"/policysync/api/v1/{address}");

        var fault = Assert.Single((await answer.ProblemAsync(HttpStatusCode.BadRequest)).GetProperty("errors").EnumerateArray());
        Assert.Equal((parameter, detail), (fault.GetProperty("parameter").GetString(), fault.GetProperty("detail").GetString()));
    }

    [Fact]
    public async Task A_dry_run_in_the_query_of_a_POST_is_400_and_makes_no_task()
    {
        using var content = new StringContent(Body("", "", "", ""), System.Text.Encoding.UTF8, "application/json");

        using var answer = await _host.Client.PostAsync("/policysync/api/v1/task?dryRun=true", content);

        await answer.ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal(0, _host.Store.Accepted);
    }

    private static string Body(string atTop, string inInfo, string inResource, string inValues) =>
        $$$"""
        {"type":"RESOURCE_SYNC"{{{More(atTop)}}},"requestInfo":{"resources":
          [{"type":"catalog","values":{"catalog":"main"{{{More(inValues)}}}}{{{More(inResource)}}}}]{{{More(inInfo)}}}}}
        """;

    private static string More(string member) => member.Length > 0 ? $",{member}" : "";
}
