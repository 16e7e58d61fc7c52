using System.Net;
using System.Text.Json.Nodes;
using PolicySync.Core.Tasks;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Api;

public sealed class SecurableTests : IAsyncLifetime
{
    private const string Securables = "/policysync/api/v1/securables";

    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync(settings: ("PolicySync:Sync:Managed:Securables:Exclude:0", "other"));

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task What_was_recorded_is_shown_with_mode_and_the_last_tasks()
    {
        var tasks = new List<TaskId>();
        for (var n = 0; n < 7; n++)
        {
            tasks.Insert(0, (await _host.Store.AcceptAsync(RequestFor("recorded"), default)).Id);
        }

        await _host.Store.AcceptAsync(RequestFor("another"), default);
        using var answer = await _host.Client.GetAsync($"{Securables}/view/main.s.RECORDED");

        var shown = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject();
        Assert.Equal(tasks.Take(5).Select(id => id.ToString()), shown["tasks"]!.AsArray().Select(task => (string?)task!["taskId"]));
        shown.Remove("tasks");
        Assert.Equal(
            """
            {"type":"table","fullName":"main.s.recorded","managed":true,"mode":"OWNED","lastWriteTime":"1970-01-01T00:00:00Z","lastVerifyTime":"1970-01-01T00:00:01Z","policyVersion":41,"validUntil":"1970-01-02T00:00:00Z","grants":[{"principal":"ann@x.io","privilege":"SELECT","policyId":7,"policyName":"sales","taskId":"77","grantTime":"1970-01-01T00:00:00Z"},{"principal":"gone","principalDeleted":true,"privilege":"MODIFY","taskId":"78","grantTime":"1970-01-01T00:00:00Z"}],"grantCount":2,"guards":[{"function":"main.g.mask_1","column":"ssn","policyId":8,"policyName":"masks","rules":[{"when":"is_admin()","shows":"NULL"},{"when":"TRUE","shows":"0","kept":true}]}]}
            """, shown.ToJsonString());
    }

    [Fact]
    public async Task A_securable_without_a_record_shows_its_mode_only()
    {
        using var answer = await _host.Client.GetAsync($"{Securables}/catalog/other");

        Assert.Equal(
            """{"type":"catalog","fullName":"other","managed":false,"mode":"OWNED","grants":[],"grantCount":0,"guards":[],"tasks":[]}""",
            await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Drift_is_shown_with_its_time_until_it_is_ignored_and_not_to_a_token_for_other_securables()
    {
        await _host.Drift.AddAsync("orders", TestDrift.Missing, TestDrift.Foreign);
        await _host.Drift.AddAsync("foreign", TestDrift.Foreign);
        using var limited = _host.ClientWith(_host.Signer.Token(claims => claims["policysync.securables"] = "main.s.another"));

        Assert.Equal("2026-11-30T08:00:00Z", await DriftSinceAsync("orders"));
        Assert.Null(await DriftSinceAsync("foreign"));
        using var hidden = await limited.GetAsync($"{Securables}/table/main.s.orders");
        await hidden.ProblemAsync(HttpStatusCode.NotFound);
        (await _host.Client.IgnoreAsync($"/policysync/api/v1/drift/{TestDrift.IdOf("orders", TestDrift.Missing)}")).EnsureSuccessStatusCode();
        Assert.Null(await DriftSinceAsync("orders"));
    }

    [Theory]
    [InlineData("table/main.s")]
    [InlineData("cluster/main")]
    [InlineData("table/main.s.a%20b")]
    [InlineData("table/main.s.*")]
    public async Task A_path_that_names_no_securable_is_404(string path)
    {
        using var answer = await _host.Client.GetAsync($"{Securables}/{path}");

        await answer.ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_token_for_other_securables_finds_nothing()
    {
        using var limited = _host.ClientWith(_host.Signer.Token(claims => claims["policysync.securables"] = "main.s.another"));
        using var hidden = await limited.GetAsync($"{Securables}/table/main.s.recorded");
        using var shown = await limited.GetAsync($"{Securables}/table/main.s.another");

        await hidden.ProblemAsync(HttpStatusCode.NotFound);
        Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
    }

    private async Task<string?> DriftSinceAsync(string table)
    {
        using var answer = await _host.Client.GetAsync($"{Securables}/table/main.s.{table}");
        return (await answer.JsonAsync()).TryGetProperty("driftSinceTime", out var since) ? since.GetString() : null;
    }

    private static SyncRequest RequestFor(string table) => TestStore.Request with { Resources = [RequestedResource.Parse("table", $"main.s.{table}")!] };
}
