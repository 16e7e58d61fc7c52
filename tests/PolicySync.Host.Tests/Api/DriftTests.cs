using System.Net;
using System.Text.Json;
using PolicySync.Core.Drift;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Api;

public sealed class DriftTests : IAsyncLifetime
{
    private const string Drift = "/policysync/api/v1/drift";

    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Differences_are_listed_with_what_is_known_of_them()
    {
        await _host.Drift.AddAsync("orders", TestDrift.Missing, TestDrift.Foreign);

        var items = await ListAsync("");

        var (missing, foreign) = (TestDrift.IdOf("orders", TestDrift.Missing), TestDrift.IdOf("orders", TestDrift.Foreign));
        Assert.Equal(
            [
                $$"""{"id":"{{missing}}","type":"table","fullName":"main.s.orders","kind":"DRIFT","state":"OPEN","action":"GRANT","principal":"ann@x.io","privilege":"SELECT","policyId":7,"policyName":"sales","since":"2026-11-30T08:00:00Z"}""",
                $$"""{"id":"{{foreign}}","type":"table","fullName":"main.s.orders","kind":"FOREIGN","state":"OPEN","principal":"eve@x.io","privilege":"MODIFY","since":"2026-11-30T08:00:00Z","changedBy":"mallory@x.io","changeTime":"2026-11-30T08:00:00Z"}""",
            ],
            items.Select(item => item.GetRawText()));
    }

    [Theory]
    [InlineData("?kind=FOREIGN", "b FOREIGN", "c FOREIGN")]
    [InlineData("?state=IGNORED", "b DRIFT")]
    [InlineData("?state=OPEN&kind=DRIFT", "a DRIFT")]
    [InlineData("?securable=MAIN.*.b", "b DRIFT", "b FOREIGN")]
    [InlineData("?securable=other")]
    [InlineData("?principal=EVE@x.io", "b FOREIGN", "c FOREIGN")]
    [InlineData("", "a DRIFT", "b DRIFT", "b FOREIGN", "c FOREIGN")]
    public async Task Filters_limit_the_list(string query, params string[] expected)
    {
        await _host.Drift.AddAsync("a", TestDrift.Missing);
        await _host.Drift.AddAsync("b", TestDrift.Missing, TestDrift.Foreign);
        await _host.Drift.AddAsync("c", TestDrift.Foreign);
        (await _host.Client.IgnoreAsync($"{Drift}/{TestDrift.IdOf("b", TestDrift.Missing)}")).EnsureSuccessStatusCode();

        Assert.Equal(expected, (await ListAsync(query)).Select(Short).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Pages_hold_every_difference_once_also_of_securables_with_more_than_a_page()
    {
        var many = Enumerable.Range(0, 7).Select(n => TestDrift.Missing with { Principal = $"u{n}@x.io" }).ToArray();
        for (var n = 0; n < 1_200; n++)
        {
            await _host.Drift.AddAsync($"t{n}", n == 600 ? many : [TestDrift.Missing]);
        }

        var (ids, token, pages) = (new List<string?>(), "", 0);
        do
        {
            using var answer = await _host.Client.GetAsync($"{Drift}?pageSize=250&pageToken={token}");
            var page = await answer.JsonAsync();
            ids.AddRange(page.GetProperty("drift").EnumerateArray().Select(item => item.GetProperty("id").GetString()));
            token = page.TryGetProperty("nextPageToken", out var next) ? next.GetString()! : "";
            pages++;
        }
        while (token.Length > 0);

        Assert.Equal((1_206, 1_206, 5), (ids.Count, ids.Distinct().Count(), pages));
    }

    [Fact]
    public async Task A_list_that_few_differences_pass_has_short_pages_that_end()
    {
        for (var n = 0; n < 2_600; n++)
        {
            await _host.Drift.AddAsync($"t{n}", n == 1_300 ? TestDrift.Foreign : TestDrift.Missing);
        }

        var (found, token, pages) = (0, "", 0);
        do
        {
            using var answer = await _host.Client.GetAsync($"{Drift}?kind=FOREIGN&pageToken={token}");
            var page = await answer.JsonAsync();
            found += page.GetProperty("drift").GetArrayLength();
            token = page.TryGetProperty("nextPageToken", out var next) ? next.GetString()! : "";
            pages++;
        }
        while (token.Length > 0);

        Assert.Equal((1, 2), (found, pages));
        using var other = await _host.Client.GetAsync($"{Drift}?kind=DRIFT&pageToken=AgA");
        Assert.Equal(["pageToken"], (await other.ProblemAsync(HttpStatusCode.BadRequest)).Pointers());
    }

    [Fact]
    public async Task A_token_for_other_securables_sees_and_changes_nothing()
    {
        await _host.Drift.AddAsync("orders", TestDrift.Missing, TestDrift.Foreign);
        await _host.Drift.AddAsync("mine", TestDrift.Foreign);
        using var limited = _host.ClientWith(_host.Signer.Token(claims => claims["policysync.securables"] = "main.s.mine"));

        Assert.Equal(["mine FOREIGN"], (await ListAsync("", limited)).Select(Short));
        foreach (var action in new[] { "adopt", "ignore", "repair" })
        {
            using var hidden = await limited.ActOnAsync($"{Drift}/{TestDrift.IdOf("orders", TestDrift.Foreign)}:{action}");
            await hidden.ProblemAsync(HttpStatusCode.NotFound);
        }

        Assert.All((await _host.Drift.OfAsync("orders"))!.Entries, entry => Assert.Null(entry.Accepted));
        Assert.Equal(0, _host.Store.Accepted);
    }

    [Fact]
    public async Task What_is_ignored_keeps_who_why_and_until_when_and_is_logged()
    {
        await _host.Drift.AddAsync("orders", TestDrift.Missing, TestDrift.Foreign);
        var id = TestDrift.IdOf("orders", TestDrift.Foreign);

        using var answer = await _host.Client.IgnoreAsync($"{Drift}/{id}");

        var item = await answer.JsonAsync();
        Assert.Equal(("IGNORED", "known", "tester"), (Text(item, "state"), Text(item, "ignoreReason"), Text(item, "ignoredBy")));
        Assert.Equal(item.GetRawText(), Assert.Single(await ListAsync("?state=IGNORED")).GetRawText());
        Assert.Contains(_host.Log.All, line => line.Contains("Ignored the difference FOREIGN||eve@x.io|MODIFY| of table main.s.orders until", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_ignore_that_meets_another_writer_loses_nothing_of_it()
    {
        await _host.Drift.AddAsync("orders", TestDrift.Missing, TestDrift.Foreign);
        var interfered = false;
        _host.Drift.BeforeSet = async () =>
        {
            if (!interfered)
            {
                interfered = true;
                var record = (await _host.Drift.OfAsync("orders"))!;
                Assert.True(await _host.Drift.SetUnseenAsync(record with { Entries = [record.Entries[1]] })); // a sync repaired the first one
            }
        };

        using var answer = await _host.Client.IgnoreAsync($"{Drift}/{TestDrift.IdOf("orders", TestDrift.Foreign)}");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var entry = Assert.Single((await _host.Drift.OfAsync("orders"))!.Entries);
        Assert.Equal((DriftKind.Foreign, "known"), (entry.Difference.Kind, entry.Accepted?.Reason));
    }

    [Theory]
    [InlineData("{}", "/reason", "/endTime")]
    [InlineData("""{"reason":"x","endTime":"2020-01-01T00:00:00Z","for":"1h"}""", "/for", "/endTime")]
    public async Task Faults_of_an_ignore_are_named(string body, params string[] pointers)
    {
        using var answer = await _host.Client.IgnoreAsync($"{Drift}/{TestDrift.IdOf("orders", TestDrift.Foreign)}", body);

        Assert.Equal(pointers, (await answer.ProblemAsync(HttpStatusCode.BadRequest)).Pointers());
    }

    [Fact]
    public async Task A_repair_is_a_sync_task_of_the_securable()
    {
        await _host.Drift.AddAsync("orders", TestDrift.Missing);

        using var answer = await _host.Client.ActAsync($"{Drift}/{TestDrift.IdOf("orders", TestDrift.Missing)}:repair");

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal($"{Send.Tasks}/{(await answer.JsonAsync()).GetProperty("taskId").GetString()}", answer.Headers.Location!.OriginalString);
        var request = _host.Store.LastRequest!;
        Assert.Equal(("RESOURCE_SYNC", "main.s.orders", "tester"), (request.Type, Assert.Single(request.Resources).Securable!.FullName, request.Subject));
    }

    [Fact]
    public async Task Only_a_grant_of_others_is_adopted_and_who_did_it_is_logged()
    {
        await _host.Drift.AddAsync("orders", TestDrift.Missing, TestDrift.Foreign);
        await _host.Drift.AddAsync("kept", TestDrift.Foreign);

        using var adopted = await _host.Client.ActAsync($"{Drift}/{TestDrift.IdOf("orders", TestDrift.Foreign)}:adopt");
        using var own = await _host.Client.ActAsync($"{Drift}/{TestDrift.IdOf("orders", TestDrift.Missing)}:adopt");
        using var kept = await _host.Client.ActAsync($"{Drift}/{TestDrift.IdOf("kept", TestDrift.Foreign)}:adopt");

        Assert.Equal(HttpStatusCode.NoContent, adopted.StatusCode);
        Assert.Equal("NOT_ADOPTABLE", Text(await own.ProblemAsync(HttpStatusCode.Conflict), "code"));
        Assert.Equal("done", Text(await kept.ProblemAsync(HttpStatusCode.Conflict), "detail"));
        Assert.Single(_host.Log.All, line => line.Contains("Adopted MODIFY of eve@x.io on table main.s.orders, requested by tester", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("!AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task An_id_that_names_nothing_is_404(string id)
    {
        using var answer = await _host.Client.ActAsync($"{Drift}/{id}:repair");

        await answer.ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_token_that_only_reads_changes_nothing()
    {
        using var reader = _host.ClientOf("policysync.read");
        foreach (var action in new[] { "adopt", "ignore", "repair" })
        {
            using var answer = await reader.ActOnAsync($"{Drift}/{TestDrift.IdOf("orders", TestDrift.Foreign)}:{action}");
            await answer.ProblemAsync(HttpStatusCode.Forbidden);
        }

        Assert.Empty(await ListAsync("", reader));
    }

    private async Task<List<JsonElement>> ListAsync(string query, HttpClient? client = null)
    {
        using var answer = await (client ?? _host.Client).GetAsync(Drift + query);
        return [.. (await answer.JsonAsync()).GetProperty("drift").EnumerateArray()];
    }

    private static string Short(JsonElement item) => $"{Text(item, "fullName")!.Split('.')[^1]} {Text(item, "kind")}";

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
