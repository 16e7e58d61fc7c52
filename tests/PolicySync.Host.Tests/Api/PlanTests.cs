using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Api;

public sealed class PlanTests : IAsyncLifetime
{
    private const string Resources = """ "resources":[{"type":"table","values":{"catalog":"main","schema":"sales","table":"customers"}}] """;

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync(time: _time);

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_plan_is_a_task_that_writes_nothing_and_names_its_policies()
    {
        var plan = await CreateAsync(Send.Plan);

        var request = _host.Store.LastRequest!;
        Assert.Equal((TaskTypes.Plan, true, null), (request.Type, request.DryRun, request.Plan!.Candidate));
        Assert.Equal((41L, "stamp-41", false), ((long)plan["policies"]!["version"]!, (string?)plan["policies"]!["stamp"], (bool)plan["policies"]!["candidate"]!));
        Assert.Equal(["table main.sales.customers"], plan["resources"]!.AsArray().Select(name => (string?)name));
        var shown = await ReadAsync($"{Send.Plans}/{plan["planId"]}");
        Assert.Null(shown["summary"]);
        Assert.Equal("PLAN", (string?)(await ReadAsync($"{Send.Tasks}/{plan["planId"]}"))["type"]);
    }

    [Fact]
    public async Task A_plan_may_be_about_a_container_by_itself_and_not_about_a_leaf_by_itself()
    {
        await CreateAsync("""{"resources":[{"type":"schema","selfOnly":true,"values":{"catalog":"main","schema":"sales"}}]}""");
        Assert.True(_host.Store.LastRequest!.Resources.Single().SelfOnly);

        using var answer = await _host.Client.PostAsync(Send.Plan.Replace("\"type\":\"table\"", "\"type\":\"table\",\"selfOnly\":true", StringComparison.Ordinal), Send.Plans);
        Assert.Equal(["/resources/0/selfOnly"], (await answer.ProblemAsync(HttpStatusCode.BadRequest)).Pointers());
    }

    [Fact]
    public async Task A_candidate_that_evaluates_alike_has_the_content_of_the_current_policies_and_another_one_does_not()
    {
        var current = await CreateAsync(Send.Plan);
        var set = JsonNode.Parse(RecordedPolicies.Json)!.AsObject();
        set["policyVersion"] = 99;
        set["policies"]![1]!["id"] = 7;
        set["policies"]![1]!["description"] = "other words";
        set["policies"]!.AsArray().RemoveAt(2); // disabled
        var same = await CreateAsync($$"""{ {{Resources}},"policies":{{set.ToJsonString()}}}""");
        set["policies"]![1]!["policyItems"]![0]!["users"]![0] = "bob@x.io";
        var other = await CreateAsync($$"""{ {{Resources}},"policies":{{set.ToJsonString()}}}""");

        Assert.Equal((string?)current["policies"]!["content"], (string?)same["policies"]!["content"]);
        Assert.NotEqual((string?)current["policies"]!["content"], (string?)other["policies"]!["content"]);
        Assert.Equal((99L, true), ((long)same["policies"]!["version"]!, (bool)same["policies"]!["candidate"]!));
    }

    [Theory]
    [InlineData("""{"id":3,"name":"masks","policyType":1,"resources":{"catalog":{"values":["main"]}}}""")]
    [InlineData("""{"name":"new","resources":{"catalog":{"values":["main"]}}}""")]
    [InlineData("""{"name":"new","zoneName":"eu","resources":{"catalog":{"values":["eu"]}}}""")]
    [InlineData("""{"name":"new","serviceType":"tag","resources":{"tag":{"values":["PII"]}}}""")]
    [InlineData("""{"id":1,"delete":true}""")]
    public async Task One_policy_can_be_changed_added_or_deleted(string policy)
    {
        var current = await CreateAsync(Send.Plan);
        var plan = await CreateAsync($$"""{ {{Resources}},"policy":{{policy}}}""");

        Assert.NotEqual((string?)current["policies"]!["content"], (string?)plan["policies"]!["content"]);
    }

    [Fact]
    public async Task A_candidate_that_the_gate_would_refuse_is_planned_with_a_warning()
    {
        var set = JsonNode.Parse(RecordedPolicies.Json)!.AsObject();
        set["policies"] = new JsonArray();
        var plan = await CreateAsync($$"""{ {{Resources}},"policies":{{set.ToJsonString()}}}""");

        Assert.Contains("POLICIES_SHRANK: ", (string?)Assert.Single(plan["warnings"]!.AsArray()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{}""", "/resources")]
    [InlineData("""[]""", "")]
    [InlineData("""{"resources":[],"dryRun":true}""", "/dryRun /resources")]
    [InlineData("""{"resources":[1,{"type":1,"values":[]},{"type":"table","values":{"a":1}}]}""", "/resources/0 /resources/1/type /resources/1/values /resources/2/values/a")]
    [InlineData("""{RES,"policies":[]}""", "/policies")]
    [InlineData("""{RES,"policies":{}}""", "/policies/serviceDef /policies/policies")]
    [InlineData("""{RES,"policies":{"serviceDef":{"name":"uc"},"policies":[{"id":1},{"isEnabled":"perhaps"}]}}""", "/policies/policies/1/isEnabled")]
    [InlineData("""{RES,"policies":{"serviceDef":{"name":"uc"},"policies":[{"id":1,"policyItems":[{"users":"ann"}]}]}}""", "/policies/policies/0/policyItems/0/users")]
    [InlineData("""{RES,"policies":{"serviceDef":{"name":"uc"},"policies":[null]}}""", "/policies/policies")]
    [InlineData("""{RES,"policies":{"serviceDef":{"name":"uc"},"policyDeltas":[]}}""", "/policies/policies")]
    [InlineData("""{RES,"policy":7}""", "/policy")]
    [InlineData("""{RES,"policy":{"id":4}}""", "/policy/id")]
    [InlineData("""{RES,"policy":{"delete":true}}""", "/policy/id")]
    [InlineData("""{RES,"policy":{"id":1,"delete":"yes"}}""", "/policy/delete")]
    [InlineData("""{RES,"policy":{"zoneName":"mars","name":"p"}}""", "/policy")]
    [InlineData("""{RES,"policy":{"name":"p"},"policies":{}}""", "/policy")]
    [InlineData("""{RES,"allowRevoke":1}""", "/allowRevoke")]
    public async Task Damaged_bodies_are_400_with_the_place_of_each_fault(string body, string pointers)
    {
        using var answer = await _host.Client.PostAsync(body.Replace("RES", Resources, StringComparison.Ordinal), Send.Plans);

        Assert.Equal(pointers, string.Join(' ', (await answer.ProblemAsync(HttpStatusCode.BadRequest)).Pointers()));
    }

    [Fact]
    public async Task A_body_of_more_than_7_MiB_is_413()
    {
        using var answer = await _host.Client.PostAsync(new byte[(7 << 20) + 1], path: Send.Plans);

        Assert.Contains("7,340,032", (await answer.ProblemAsync(HttpStatusCode.RequestEntityTooLarge)).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_is_applied_once_it_has_ended_well_and_the_task_names_it()
    {
        var plan = await CreateAsync(Send.Plan);
        await RefusedAsync(plan, "the plan has not ended");
        await _host.Store.FinishAllAsync();

        using var answer = await _host.Client.ActAsync($"{Send.Plans}/{plan["planId"]}:apply");

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var request = _host.Store.LastRequest!;
        Assert.Equal((TaskTypes.Apply, false, (string?)plan["planId"]), (request.Type, request.DryRun, request.PlanId.ToString()));
        Assert.Null(request.Plan);
        var task = await ReadAsync(answer.Headers.Location!.ToString());
        Assert.Equal((string?)plan["planId"], (string?)task["planId"]);
    }

    [Fact]
    public async Task A_plan_of_candidate_policies_that_are_not_in_force_is_not_applied()
    {
        var plan = await CreateAsync("{" + Resources + ""","policy":{"id":1,"delete":true}}""");
        await _host.Store.FinishAllAsync();

        await RefusedAsync(plan, "are not in force");
    }

    [Fact]
    public async Task A_plan_is_not_applied_after_24_hours()
    {
        var plan = await CreateAsync(Send.Plan);
        await _host.Store.FinishAllAsync();
        _time.Advance(TimeSpan.FromHours(24) + TimeSpan.FromSeconds(1));

        await RefusedAsync(plan, "older than 24 hours");
    }

    [Fact]
    public async Task The_summary_and_the_list_say_what_would_change_and_for_whom()
    {
        var plan = await CreateAsync(Send.Plan);
        var id = TaskId.TryParse((string?)plan["planId"], out var parsed) ? parsed : default;
        await _host.Store.SaveResultsAsync(id, 0, [Result("a", "ann"), Result("b", "ann"), Result("c", null)], default);
        await _host.Store.FinishAllAsync();

        var summary = (await ReadAsync($"{Send.Plans}/{id}"))["summary"]!;
        var changed = (await ReadAsync($"{Send.Plans}/{id}/resources?changed=true"))["resources"]!.AsArray();

        Assert.Equal(
            """
            {"securables":2,"grants":2,"revokes":2,"filtersSet":0,"filtersDropped":0,"masksSet":2,"masksDropped":0,"calls":2,"gainingCount":1,"gaining":[{"user":"ann","privileges":["SELECT"],"securables":2}],"losingCount":1,"losing":[{"user":"dan","privileges":["MODIFY","SELECT"],"securables":2}],"gaps":[{"code":"OWNER_ACCESS","direction":"EXPOSED","count":2}]}
            """, summary.ToJsonString());
        Assert.Equal(2, changed.Count);
        Assert.Equal(["+ SELECT to readers (policy sales)", "- SELECT from dan", "~ set the mask of ssn (policy masks)"], changed[0]!["lines"]!.AsArray().Select(line => (string?)line));
        Assert.Equal("ann", (string?)changed[0]!["users"]![0]!["user"]);
    }

    [Fact]
    public async Task A_limited_token_plans_and_reads_for_its_own_securables_only()
    {
        using var limited = _host.ClientWith(_host.Signer.Token(claims => claims["policysync.securables"] = "main.hr"));
        using var refused = await limited.PostAsync(Send.Plan, Send.Plans);
        var plan = await CreateAsync(Send.Plan);
        using var hidden = await limited.GetAsync($"{Send.Plans}/{plan["planId"]}");
        using var notApplied = await limited.ActAsync($"{Send.Plans}/{plan["planId"]}:apply");
        using var own = await limited.PostAsync(Send.Plan.Replace("sales", "hr", StringComparison.Ordinal), Send.Plans);

        Assert.Equal(["/resources/0"], (await refused.ProblemAsync(HttpStatusCode.Forbidden)).Pointers());
        await hidden.ProblemAsync(HttpStatusCode.NotFound);
        await notApplied.ProblemAsync(HttpStatusCode.NotFound);
        Assert.Equal(HttpStatusCode.Accepted, own.StatusCode);
    }

    [Fact]
    public async Task The_same_key_and_body_are_the_same_plan_and_another_body_is_refused()
    {
        using var keyed = _host.ClientWith(_host.Signer.Token());
        keyed.DefaultRequestHeaders.Add("Idempotency-Key", "k");
        using var first = await keyed.PostAsync(Send.Plan, Send.Plans);
        using var second = await keyed.PostAsync(Send.Plan, Send.Plans);
        using var other = await keyed.PostAsync(Send.Plan.Replace("sales", "hr", StringComparison.Ordinal), Send.Plans);

        Assert.Equal(first.Headers.Location, second.Headers.Location);
        Assert.Equal("true", Assert.Single(second.Headers.GetValues("Idempotent-Replayed")));
        await other.ProblemAsync(HttpStatusCode.UnprocessableEntity);
    }

    private static ResourceResult Result(string table, string? gaining) => new()
    {
        Type = "table",
        FullName = $"main.s.{table}",
        Status = ResourceStatus.Success,
        Message = "planned",
        Changes = gaining is null ? [] :
        [
            new(ChangeAction.Grant, "readers", "SELECT", null, 1, "sales"), new(ChangeAction.Revoke, "dan", "SELECT", null, null, null),
            new(ChangeAction.SetMask, null, null, "ssn", 3, "masks"),
        ],
        ChangeCount = gaining is null ? 0 : 3,
        Gaps = gaining is null ? [] : [new Gap(GapCode.OwnerAccess, GapDirection.Exposed, "eve", "SELECT", "owns it", null)],
        GapCount = gaining is null ? 0 : 1,
        PlannedCalls = gaining is null ? [] : [new PlannedCall("PATCH", "/x", "{}")],
        PlannedCallCount = gaining is null ? 0 : 1,
        Drifted = gaining is not null,
        Effect = new PlannedEffect("")
        {
            Users = gaining is null ? [] : [new AccessChange(gaining, ["SELECT"], []), new AccessChange("dan", [], ["MODIFY", "SELECT"])],
            Gaining = gaining is null ? 0 : 1,
            Losing = gaining is null ? 0 : 1,
        },
    };

    private async Task RefusedAsync(JsonObject plan, string reason)
    {
        var before = _host.Store.Accepted;
        using var answer = await _host.Client.ActAsync($"{Send.Plans}/{plan["planId"]}:apply");

        var problem = await answer.ProblemAsync(HttpStatusCode.Conflict);
        Assert.Equal(ProblemCode, problem.GetProperty("code").GetString());
        Assert.Contains(reason, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(before, _host.Store.Accepted);
    }

    private static string ProblemCode => SyncErrorCodes.WireName(SyncErrorCode.PlanOutdated);

    private async Task<JsonObject> CreateAsync(string body)
    {
        using var answer = await _host.Client.PostAsync(body, Send.Plans);
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject();
    }

    private async Task<JsonObject> ReadAsync(string address)
    {
        using var answer = await _host.Client.GetAsync(address);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject();
    }
}
