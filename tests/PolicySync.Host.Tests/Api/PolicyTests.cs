using System.Net;
using System.Text.Json.Nodes;
using PolicySync.Core.Errors;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Api;

public sealed class PolicyTests : IAsyncLifetime
{
    private const string Policies = "/policysync/api/v1/policies";

    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_list_has_each_policy_with_its_warnings_and_the_set_with_its_age()
    {
        var list = await ReadAsync(Policies);

        Assert.Equal(["1 sales", "2 filters", "3 masks", "5 of the zone", "1 pii"], list["policies"]!.AsArray().Select(policy => $"{policy!["id"]} {policy["name"]}"));
        Assert.Equal(
            """
            {"id":1,"name":"sales","kind":"ACCESS","enabled":true,"priority":1,"resources":["catalog=main; schema=sales; table=!orders_*","catalog=other; schema=*"],"resourceCount":2,"validity":[{"startTime":"2026/01/01 00:00:00","timeZone":"CET","recurrences":1}],"items":{"allow":1,"deny":1,"allowExceptions":0,"denyExceptions":0,"masks":0,"filters":0},"warnings":[]}
            """, list["policies"]![0]!.ToJsonString());
        Assert.Equal(["its mask names no column, so it masks nothing"], list["policies"]![2]!["warnings"]!.AsArray().Select(text => (string?)text));
        Assert.Equal(("stamp-41", 41L), ((string?)list["set"]!["stamp"], (long?)list["set"]!["version"]));
        Assert.Equal("1970-01-01T01:00:00Z", (string?)list["set"]!["checkTime"]);
        Assert.True((long)list["set"]!["ageSeconds"]! > 1_000_000_000);
        Assert.Null(list["nextPageToken"]);
    }

    [Theory]
    [InlineData("text=ANALYSTS", "sales")]
    [InlineData("text=s", "sales,filters,masks")]
    [InlineData("kind=TAG", "pii")]
    [InlineData("kind=FILTER", "filters")]
    [InlineData("zone=eu", "of the zone")]
    [InlineData("enabled=false", "filters")]
    [InlineData("principal=ann@X.io", "sales")]
    [InlineData("principal=lead", "sales")]
    [InlineData("principal=temps", "sales,pii")]
    [InlineData("principal=nn@x", "")]
    [InlineData("resource=main.sales.customers", "sales,masks")]
    [InlineData("resource=main.sales.orders_1", "masks")]
    [InlineData("resource=schema%20other.a", "sales")]
    [InlineData("resource=eu", "of the zone")]
    [InlineData("resource=eu.a.b&kind=ACCESS", "of the zone")]
    public async Task Filters_leave_the_policies_that_are_meant(string query, string names)
    {
        var list = await ReadAsync($"{Policies}?{query}");

        Assert.Equal(names, string.Join(',', list["policies"]!.AsArray().Select(policy => (string?)policy!["name"])));
    }

    [Fact]
    public async Task Pages_have_every_policy_once_and_a_token_is_for_its_own_list()
    {
        var names = new List<string?>();
        string? token = null;
        do
        {
            var page = await ReadAsync($"{Policies}?pageSize=2{(token is null ? "" : $"&pageToken={token}")}");
            names.AddRange(page["policies"]!.AsArray().Select(policy => (string?)policy!["name"]));
            token = (string?)page["nextPageToken"] ?? (names.Count < 5 ? throw new InvalidOperationException("no token") : null);
        }
        while (token is not null);

        Assert.Equal(["sales", "filters", "masks", "of the zone", "pii"], names);
        var first = await ReadAsync($"{Policies}?pageSize=2");
        using var other = await _host.Client.GetAsync($"{Policies}?pageSize=2&kind=TAG&pageToken={first["nextPageToken"]}");
        await other.ProblemAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_policy_is_shown_as_Rangers_JSON()
    {
        var policy = await ReadAsync($"{Policies}/3");

        Assert.Equal(("MASK", 41L), ((string?)policy["kind"], (long?)policy["set"]!["version"]));
        Assert.Single(policy["warnings"]!.AsArray());
        Assert.Equal(("masks", "MASK_NULL"), ((string?)policy["policy"]!["name"], (string?)policy["policy"]!["dataMaskPolicyItems"]![0]!["dataMaskInfo"]!["dataMaskType"]));
        Assert.Equal("sales", (string?)(await ReadAsync($"{Policies}/1"))["policy"]!["name"]);
        Assert.Equal("pii", (string?)(await ReadAsync($"{Policies}/1?kind=TAG"))["policy"]!["name"]);
    }

    [Theory]
    [InlineData("/4", HttpStatusCode.NotFound)]
    [InlineData("/3?kind=TAG", HttpStatusCode.NotFound)]
    [InlineData("/abc", HttpStatusCode.NotFound)]
    [InlineData("/99999999999999999999", HttpStatusCode.NotFound)]
    [InlineData("/1?kind=tag", HttpStatusCode.BadRequest)]
    [InlineData("?resource=a..b", HttpStatusCode.BadRequest)]
    [InlineData("?enabled=yes", HttpStatusCode.BadRequest)]
    [InlineData("?names=a", HttpStatusCode.BadRequest)]
    [InlineData("?pageToken=AQ", HttpStatusCode.BadRequest)]
    public async Task What_is_not_there_or_not_understood_is_refused(string tail, HttpStatusCode status)
    {
        using var answer = await _host.Client.GetAsync(Policies + tail);

        await answer.ProblemAsync(status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/1")]
    public async Task A_token_that_is_limited_to_securables_may_not_read_policies(string tail)
    {
        using var limited = _host.ClientWith(_host.Signer.Token(claims => claims["policysync.securables"] = "*"));
        using var answer = await limited.GetAsync(Policies + tail);

        var problem = await answer.ProblemAsync(HttpStatusCode.Forbidden);
        Assert.Contains("policies concern all securables", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_without_policies_is_503_with_its_reason()
    {
        _host.Store.Before = () => throw new SyncException(SyncErrorCode.PoliciesShrank, "version 42 lost too much");
        using var answer = await _host.Client.GetAsync(Policies);

        var problem = await answer.ProblemAsync(HttpStatusCode.ServiceUnavailable);
        Assert.Equal(("POLICIES_UNAVAILABLE", "POLICIES_SHRANK: version 42 lost too much"), (problem.GetProperty("code").GetString(), problem.GetProperty("detail").GetString()));
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    private async Task<JsonObject> ReadAsync(string address)
    {
        using var answer = await _host.Client.GetAsync(address);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject();
    }
}
