using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using PolicySync.Core.Reports.Index;
using PolicySync.Core.Securables;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Api;

/// <summary>Catalogs and their securables on the wire, by status.</summary>
public sealed class CatalogTests : IAsyncLifetime
{
    private const string Catalogs = "/policysync/api/v1/catalogs";
    private const string Securables = "/policysync/api/v1/securables";

    private TestHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync();
        await SyncedAsync(Securable.Catalog("main"), new IndexedSummary());
        await SyncedAsync(Securable.Table("main", "sales", "a"), new IndexedSummary { Own = 2, Foreign = 1, Gaps = 3, Exposed = 1, Filters = true, Masks = 2 });
        await SyncedAsync(Securable.Table("main", "sales", "t1"), new IndexedSummary { Own = 1 });
        await SyncedAsync(Securable.Table("main", "sales2", "t"), new IndexedSummary { Own = 1 });
        await FailedAsync(Securable.Table("main", "sales", "broken"), "PERMISSION_DENIED");
        await FailedAsync(Securable.Table("main", "sales", "a"), "NOT_VERIFIED");
        await SyncedAsync(Securable.Table("other", "s", "t"), new IndexedSummary());
        await SyncedAsync(Securable.Of(SecurableType.ExternalLocation, "lake"), new IndexedSummary());
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Securables_are_counted_by_the_first_status_that_applies()
    {
        var shown = await GetAsync(Catalogs);

        Assert.Equal(
            """{"catalogs":[{"name":"","securables":1,"inSync":1,"drifted":0,"exposed":0,"failed":0},{"name":"main","securables":5,"inSync":3,"drifted":0,"exposed":0,"failed":2},{"name":"other","securables":1,"inSync":1,"drifted":0,"exposed":0,"failed":0}]}""",
            shown.ToJsonString());
    }

    [Fact]
    public async Task A_difference_that_a_sync_would_change_counts_as_drift_and_a_grant_of_others_does_not()
    {
        foreach (var (name, difference) in new[] { ("foreign", TestDrift.Foreign), ("missing", TestDrift.Missing) })
        {
            await SyncedAsync(TestDrift.Table(name), new IndexedSummary());
            await _host.Drift.AddAsync(name, difference);
        }

        var items = await OneAsync("main.s");

        Assert.Equal([("IN_SYNC", null), ("DRIFTED", 1)], items.Select(item => ((string?)item!["status"], (int?)item["driftCount"])));
        Assert.Equal(1, (int?)(await GetAsync(Catalogs))["catalogs"]![1]!["drifted"]);
    }

    [Fact]
    public async Task An_item_has_the_numbers_of_the_last_sync_and_why_it_failed()
    {
        var item = Assert.Single(await OneAsync("main.sales.a"))!;

        Assert.Equal(
            """{"type":"table","fullName":"main.sales.a","status":"FAILED","ownGrantCount":2,"foreignGrantCount":1,"rowFilter":true,"maskCount":2,"gapCount":3,"exposedCount":1,"failureCode":"NOT_VERIFIED"}""",
            item.ToJsonString());
    }

    [Theory]
    [InlineData("securable=main.sales", "main.sales.a main.sales.broken main.sales.t1")]
    [InlineData("securable=main.sales*", "main.sales.a main.sales.broken main.sales.t1 main.sales2.t")]
    [InlineData("securable=MAIN.SALES.T1", "main.sales.t1")]
    [InlineData("securable=*.*.t", "main.sales2.t other.s.t")]
    [InlineData("type=external_location", "lake")]
    [InlineData("status=FAILED", "main.sales.a main.sales.broken")]
    [InlineData("securable=main&status=IN_SYNC&type=table", "main.sales.t1 main.sales2.t")]
    [InlineData("securable=none", "")]
    public async Task Filters_narrow_the_list(string query, string names)
    {
        var shown = await GetAsync($"{Securables}?{query}");

        Assert.Equal(names, string.Join(' ', shown["securables"]!.AsArray().Select(item => (string?)item!["fullName"])));
    }

    [Theory]
    [InlineData(Catalogs, "catalogs", 3)]
    [InlineData(Securables, "securables", 7)]
    public async Task Pages_together_have_everything_once(string path, string items, int count)
    {
        var (names, token) = (new List<string>(), "");
        do
        {
            var page = await GetAsync($"{path}?pageSize=1{token}");
            names.AddRange(page[items]!.AsArray().Select(item => item!.ToJsonString()));
            token = (string?)page["nextPageToken"] is { } next ? $"&pageToken={next}" : "";
        }
        while (token.Length > 0);

        Assert.Equal(count, names.Count);
        Assert.Equal(count, names.Distinct().Count());
    }

    [Fact]
    public async Task A_token_for_some_securables_sees_and_counts_only_those()
    {
        using var limited = _host.ClientWith(_host.Signer.Token(claims => claims["policysync.securables"] = "main.sales"));

        var counted = JsonNode.Parse(await limited.GetStringAsync(Catalogs))!;
        var listed = JsonNode.Parse(await limited.GetStringAsync(Securables))!;

        Assert.Equal("""[{"name":"main","securables":3,"inSync":1,"drifted":0,"exposed":0,"failed":2}]""", counted["catalogs"]!.ToJsonString());
        Assert.Equal(["main.sales.a", "main.sales.broken", "main.sales.t1"], listed["securables"]!.AsArray().Select(item => (string?)item!["fullName"]));
    }

    [Theory]
    [InlineData($"{Catalogs}?catalog=main")]
    [InlineData($"{Catalogs}?pageToken=AAAA")]
    [InlineData($"{Securables}?status=BROKEN")]
    [InlineData($"{Securables}?type=tables")]
    [InlineData($"{Securables}?securable=a.b.c.d")]
    [InlineData($"{Securables}?pageToken=AAAA")]
    public async Task A_parameter_that_is_not_understood_is_refused(string path)
    {
        using var answer = await _host.Client.GetAsync(path);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await _host.Client.GetStringAsync(path))!;

    private async Task<JsonArray> OneAsync(string name) => (await GetAsync($"{Securables}?securable={name}"))["securables"]!.AsArray();

    private async Task SyncedAsync(Securable securable, IndexedSummary summary) =>
        await WriteAsync(securable, AccessIndexKey.OfSecurables(securable.CatalogName), System.Text.Json.JsonSerializer.Serialize(summary));

    private Task FailedAsync(Securable securable, string code) =>
        WriteAsync(securable, AccessIndexKey.OfFailures(securable.CatalogName), IndexedSecurable.RowOf(new IndexedFailure { Code = code }));

    private async Task WriteAsync(Securable securable, string key, string content)
    {
        var index = _host.Services.GetRequiredService<IAccessIndex>();
        await index.WriteAsync(securable, new Dictionary<string, string?> { [key] = content }, default);
        if (securable.CatalogName is { } name)
        {
            await index.WriteAsync(Securable.Catalog(name), new Dictionary<string, string?> { [AccessIndexKey.Catalogs] = "{}" }, default);
        }
    }
}
