using System.Net;
using System.Text.Json.Nodes;
using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Api;

public sealed class PolicyDiffTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_whole_set_is_compared_with_the_current_policies_part_by_part()
    {
        var set = JsonNode.Parse(RecordedPolicies.Json)!.AsObject();
        var policies = set["policies"]!.AsArray();
        policies[1]!["policyItems"]![0]!["users"]![0] = "bob@x.io";
        policies[1]!["policyPriority"] = 0;
        policies.RemoveAt(0);
        policies.Add(JsonNode.Parse("""{"name":"new","resources":{"catalog":{"values":["main"]}}}"""));

        var diff = await CompareAsync($$"""{"policies":{{set.ToJsonString()}}}""");

        Assert.True((bool)diff["differs"]!);
        Assert.Equal("1 added, 1 removed, 1 changed", (string?)diff["statement"]);
        Assert.Equal("""{"added":1,"removed":1,"changed":1,"notEvaluated":0,"unchanged":3}""", diff["counts"]!.ToJsonString());
        Assert.Equal(
            """
            {"change":"CHANGED","id":1,"name":"sales","kind":"ACCESS","parts":[{"part":"PRIORITY","old":"override","new":"normal","removed":[],"added":[]}],"items":[{"change":"CHANGED","kind":"ALLOW","position":1,"old":"users Ann@x.io; roles lead; accesses select","new":"users bob@x.io; roles lead; accesses select","parts":[{"part":"USERS","old":"Ann@x.io","new":"bob@x.io","removed":["Ann@x.io"],"added":["bob@x.io"]}]}],"itemCount":1}
            """, diff["policies"]![0]!.ToJsonString());
        Assert.Equal(["CHANGED sales", "REMOVED masks", "ADDED new"], Changes(diff));
        Assert.Equal(("stamp-41", 41L), ((string?)diff["set"]!["stamp"], (long)diff["set"]!["version"]!));
        Assert.Equal(0, _host.Store.Accepted);
    }

    [Theory]
    [InlineData("""{"id":1,"delete":true}""", "REMOVED sales")]
    [InlineData("""{"id":1,"serviceType":"tag","delete":true}""", "REMOVED pii")]
    [InlineData("""{"name":"new","zoneName":"eu","resources":{"catalog":{"values":["eu"]}}}""", "ADDED new")]
    [InlineData("""{"id":3,"name":"renamed","policyType":1,"resources":{"catalog":{"values":["main"]}}}""", "CHANGED renamed")]
    public async Task One_policy_is_compared_in_the_current_set(string policy, string change) =>
        Assert.Equal([change], Changes(await CompareAsync($$"""{"policy":{{policy}}}""")));

    [Fact]
    public async Task A_set_that_is_evaluated_alike_has_no_difference_and_says_so()
    {
        var set = JsonNode.Parse(RecordedPolicies.Json)!.AsObject();
        set["policies"]![1]!["description"] = "other words";
        set["policies"]![1]!["id"] = 70;
        set["policies"]!.AsArray().RemoveAt(2); // disabled

        var diff = await CompareAsync($$"""{"policies":{{set.ToJsonString()}}}""");

        Assert.False((bool)diff["differs"]!);
        Assert.Equal("nothing that is evaluated differs; 2 policies differ in what is not evaluated", (string?)diff["statement"]);
        Assert.Empty(diff["policies"]!.AsArray());
    }

    [Theory]
    [InlineData("""{}""", "/policies")]
    [InlineData("""[]""", "")]
    [InlineData("""{"resources":[],"policies":{}}""", "/resources /policies/serviceDef /policies/policies")]
    [InlineData("""{"policies":{"serviceDef":{"name":"uc"},"policies":[{"id":1},{"isEnabled":"perhaps"}]}}""", "/policies/policies/1/isEnabled")]
    [InlineData("""{"policies":{"serviceDef":{"name":"uc"},"policyDeltas":[]}}""", "/policies/policies")]
    [InlineData("""{"policy":{"id":4}}""", "/policy/id")]
    [InlineData("""{"policy":{"zoneName":"mars","name":"p"}}""", "/policy")]
    [InlineData("""{"policy":{"name":"p"},"policies":{}}""", "/policy")]
    public async Task Damaged_bodies_are_400_with_the_place_of_each_fault(string body, string pointers)
    {
        using var answer = await _host.Client.PostAsync(body, Send.Diff);

        Assert.Equal(pointers, string.Join(' ', (await answer.ProblemAsync(HttpStatusCode.BadRequest)).Pointers()));
    }

    [Fact]
    public async Task Pages_have_each_policy_once_and_a_token_of_other_policies_is_refused()
    {
        var set = JsonNode.Parse(RecordedPolicies.Json)!.AsObject();
        set["policies"] = new JsonArray();
        var body = $$"""{"policies":{{set.ToJsonString()}}}""";

        var first = await CompareAsync(body, "?pageSize=1");
        var second = await CompareAsync(body, $"?pageSize=1&pageToken={first["nextPageToken"]}");
        using var other = await _host.Client.PostAsync(Send.Change, $"{Send.Diff}?pageToken={first["nextPageToken"]}");

        Assert.Equal(["REMOVED sales", "REMOVED masks"], Changes(first).Concat(Changes(second)));
        Assert.Null(second["nextPageToken"]);
        Assert.Equal(2, (int)second["counts"]!["removed"]!);
        Assert.Equal(["pageToken"], (await other.ProblemAsync(HttpStatusCode.BadRequest)).Pointers());
    }

    [Fact]
    public async Task The_candidate_policies_of_a_plan_are_compared_page_by_page()
    {
        var plan = await PlanAsync(Send.Plan[..^1] + "," + Send.Change[1..]);

        var diff = await ReadAsync($"{Send.Diff}?plan={plan}&pageSize=1");
        using var other = await _host.Client.GetAsync($"{Send.Diff}?plan={plan}&pageToken=AgB4");

        Assert.Equal(["REMOVED sales"], Changes(diff));
        Assert.Equal(["pageToken"], (await other.ProblemAsync(HttpStatusCode.BadRequest)).Pointers());
    }

    [Fact]
    public async Task A_plan_of_the_current_policies_is_known_while_they_are_evaluated_alike_and_409_after_that()
    {
        var plan = await PlanAsync(Send.Plan);
        var outdated = (await _host.Store.AcceptAsync(TestStore.Request with { Plan = new PlanSource("other", 40, "stamp-40") }, default)).Id;
        var unkept = (await _host.Store.AcceptAsync(TestStore.Request with { Plan = new PlanSource("other", 40, "stamp-40") { Candidate = "gone" } }, default)).Id;

        var diff = await ReadAsync($"{Send.Diff}?plan={plan}");
        using var changed = await _host.Client.GetAsync($"{Send.Diff}?plan={outdated}");
        using var gone = await _host.Client.GetAsync($"{Send.Diff}?plan={unkept}");

        Assert.Equal("nothing that is evaluated differs", (string?)diff["statement"]);
        foreach (var (answer, reason) in new[] { (changed, "made from version 40 of them, which is not kept"), (gone, "not kept any more") })
        {
            var problem = await answer.ProblemAsync(HttpStatusCode.Conflict);
            Assert.Equal(SyncErrorCodes.WireName(SyncErrorCode.PlanOutdated), problem.GetProperty("code").GetString());
            Assert.Contains(reason, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Only_a_plan_can_be_asked_for()
    {
        var task = (await _host.Store.AcceptAsync(TestStore.Request, default)).Id;
        using var unknown = await _host.Client.GetAsync($"{Send.Diff}?plan=1");
        using var noPlan = await _host.Client.GetAsync($"{Send.Diff}?plan={task}");
        using var none = await _host.Client.GetAsync(Send.Diff);
        using var since = await _host.Client.GetAsync($"{Send.Diff}?since=40");

        await unknown.ProblemAsync(HttpStatusCode.NotFound);
        await noPlan.ProblemAsync(HttpStatusCode.NotFound);
        Assert.Equal(["plan"], (await none.ProblemAsync(HttpStatusCode.BadRequest)).Pointers());
        Assert.Equal(["since"], (await since.ProblemAsync(HttpStatusCode.BadRequest)).Pointers());
    }

    [Fact]
    public async Task A_token_that_is_limited_to_securables_is_403()
    {
        var plan = await PlanAsync(Send.Plan);
        using var limited = _host.ClientWith(_host.Signer.Token(claims => claims["policysync.securables"] = "main"));
        using var posted = await limited.PostAsync(Send.Change, Send.Diff);
        using var read = await limited.GetAsync($"{Send.Diff}?plan={plan}");

        Assert.Equal("SECURABLE_NOT_ALLOWED", (await posted.ProblemAsync(HttpStatusCode.Forbidden)).GetProperty("code").GetString());
        await read.ProblemAsync(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_token_that_may_only_read_compares()
    {
        using var reader = _host.ClientOf("policysync.read");
        using var answer = await reader.PostAsync(Send.Change, Send.Diff);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static IEnumerable<string> Changes(JsonObject diff) => diff["policies"]!.AsArray().Select(policy => $"{policy!["change"]} {policy["name"]}");

    private async Task<string?> PlanAsync(string body)
    {
        using var answer = await _host.Client.PostAsync(body, Send.Plans);
        return (await answer.JsonAsync()).GetProperty("planId").GetString();
    }

    private async Task<JsonObject> CompareAsync(string body, string query = "")
    {
        using var answer = await _host.Client.PostAsync(body, $"{Send.Diff}{query}");
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject();
    }

    private async Task<JsonObject> ReadAsync(string address)
    {
        using var answer = await _host.Client.GetAsync(address);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject();
    }
}
