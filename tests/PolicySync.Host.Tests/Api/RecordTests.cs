using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using PolicySync.Core.Planning;
using PolicySync.Core.Securables;
using PolicySync.Grains.Resources;
using PolicySync.Host.Storage;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Api;

public sealed class RecordTests : IAsyncLifetime
{
    private TestHost _host = null!;
    private HttpClient _operators = null!;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync(time: new HurriedTime());
        _operators = _host.ClientOf("policysync.ops");
    }

    public async Task DisposeAsync()
    {
        _operators.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Everything_is_exported_in_pages_and_what_was_exported_is_taken_back()
    {
        await StoreAsync("a", "b", "c");
        await _host.Drift.AddAsync("a", TestDrift.Foreign);
        await _host.Services.GetRequiredService<IObjectNames>().SetAsync(new ObjectName(TestDrift.Table("a"), "id-9", State("id-9")), default);
        using var suspended = await _operators.SuspendAsync("/policysync/api/v1/suspensions/main.audit");

        var exported = await ExportAsync(2);

        Assert.Equal(
            ["SUSPENSION main.audit", "STATE main.s.a", "STATE main.s.b", "STATE main.s.c", "PARKED main.s.a", "DIFFERENCES main.s.a"],
            exported.Select(record => $"{record.GetProperty("kind")} {record.GetProperty("fullName")}"));
        using var answer = await ImportAsync(exported);
        Assert.Equal(
            ["UNCHANGED", "RESTORED", "RESTORED", "RESTORED", "RESTORED", "RESTORED"],
            (await answer.JsonAsync()).GetProperty("results").EnumerateArray().Select(result => result.GetProperty("outcome").GetString()));
        Assert.Contains(_host.Log.All, line => line.Contains("Export of the records started by tester", StringComparison.Ordinal));
        Assert.Contains(_host.Log.All, line => line.Contains("Imported 6 records of instance instance1, requested by tester: 5 restored, 1 unchanged, 0 set aside, 0 failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_trial_stores_no_suspension_and_logs_no_import()
    {
        using var answer = await _operators.PostAsync(Send.Import[..^1] + ",\"dryRun\":true}", path: Send.Records);

        Assert.Equal("RESTORED", Assert.Single((await answer.JsonAsync()).GetProperty("results").EnumerateArray()).GetProperty("outcome").GetString());
        Assert.Empty(await ExportAsync(10));
        Assert.DoesNotContain(_host.Log.All, line => line.Contains("Imported", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_suspension_that_was_set_later_or_the_end_of_one_is_kept()
    {
        using (await _operators.PostAsync(Send.Import, path: Send.Records))
        {
        }

        var older = Send.Import.Replace("2026-11-30T12", "2026-11-30T11", StringComparison.Ordinal).Replace("\"audit\"", "\"older\"", StringComparison.Ordinal);
        var ended = Send.Import.Replace("2999-01-01", "2020-01-01", StringComparison.Ordinal);
        foreach (var body in new[] { Send.Import, older, ended })
        {
            using var answer = await _operators.PostAsync(body, path: Send.Records);
            Assert.Equal("UNCHANGED", Assert.Single((await answer.JsonAsync()).GetProperty("results").EnumerateArray()).GetProperty("outcome").GetString());
        }

        Assert.Equal("audit", Assert.Single(await ExportAsync(10)).GetProperty("content").GetProperty("reason").GetString());
    }

    [Fact]
    public async Task What_one_grain_cannot_store_does_not_keep_the_others_back()
    {
        await StoreAsync("a", "away", "recreated");

        using var answer = await ImportAsync(await ExportAsync(10));

        Assert.Equal(
            ["main.s.a RESTORED ", "main.s.away FAILED the storage or the silo did not answer in time; import again", "main.s.recreated SET_ASIDE another object has this name now"],
            (await answer.JsonAsync()).GetProperty("results").EnumerateArray().Select(result =>
                $"{result.GetProperty("fullName")} {result.GetProperty("outcome")} {(result.TryGetProperty("message", out var message) ? message : null)}"));
    }

    [Theory]
    [InlineData("""{"instance":"other","records":[RECORD]}""", "/instance")]
    [InlineData("""{"records":[RECORD]}""", "/instance")]
    [InlineData("""{"instance":"instance1","records":[]}""", "/records")]
    [InlineData("""{"instance":"instance1","records":[RECORD],"dryrun":true}""", "/dryrun")]
    [InlineData("""{"instance":"instance1","records":[RECORD],"dryRun":"yes"}""", "/dryRun")]
    [InlineData("""{"instance":"instance1","records":[RECORD,7]}""", "/records/1")]
    [InlineData("""{"instance":"instance1","records":[{"kind":"UNNAMED","fullName":"x","content":{}}]}""", "/records/0/kind")]
    [InlineData("""{"instance":"instance1","records":[{"kind":"STATE","type":"table","fullName":"x","content":{"dueAt":"2026-11-30T12:00:00Z"}}]}""", "/records/0/fullName")]
    [InlineData("""{"instance":"instance1","records":[{"kind":"STATE","type":"tables","fullName":"a.b.c","content":{"dueAt":"2026-11-30T12:00:00Z"}}]}""", "/records/0/type")]
    [InlineData("""{"instance":"instance1","records":[{"kind":"STATE","type":"table","fullName":"a.b.c","content":"{}"}]}""", "/records/0/content")]
    [InlineData("""{"instance":"instance1","records":[{"kind":"STATE","type":"table","fullName":"a.b.c","content":{"dueAt":"soon"}}]}""", "/records/0/content/dueAt")]
    [InlineData("""{"instance":"instance1","records":[{"kind":"PARKED","type":"table","fullName":"a.b.c","content":{"dueAt":"2026-11-30T12:00:00Z"}}]}""", "/records/0/identity")]
    [InlineData("""{"instance":"instance1","records":[{"kind":"SUSPENSION","fullName":"a.b.c.d","content":{"reason":"x","endTime":"2999-01-01T00:00:00Z","createTime":"2026-11-30T12:00:00Z"}}]}""", "/records/0/fullName")]
    public async Task A_fault_has_its_place_and_nothing_is_stored(string body, string pointer)
    {
        var record = JsonDocument.Parse(Send.Import).RootElement.GetProperty("records")[0].GetRawText();

        using var answer = await _operators.PostAsync(body.Replace("RECORD", record, StringComparison.Ordinal), path: Send.Records);

        var problem = await answer.ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Contains(problem.GetProperty("errors").EnumerateArray(), error => error.TryGetProperty("pointer", out var place) && place.GetString() == pointer);
        Assert.Empty(await ExportAsync(10));
    }

    [Fact]
    public async Task Records_of_another_instance_are_stored_where_that_is_asked_for()
    {
        var body = Send.Import.Replace("instance1", "other", StringComparison.Ordinal)[..^1] + ",\"allowOtherInstance\":true}";

        using var answer = await _operators.PostAsync(body, path: Send.Records);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Single(await ExportAsync(10));
    }

    [Fact]
    public async Task More_records_than_a_request_may_have_are_refused()
    {
        var record = JsonDocument.Parse(Send.Import).RootElement.GetProperty("records")[0].GetRawText();

        using var answer = await _operators.PostAsync($$"""{"instance":"instance1","records":[{{string.Join(',', Enumerable.Repeat(record, 501))}}]}""", path: Send.Records);

        await answer.ProblemAsync(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("policysync.tasks")]
    [InlineData("policysync.read")]
    public async Task Other_scopes_neither_export_nor_import(string scope)
    {
        using var client = _host.ClientOf(scope);

        using var list = await client.GetAsync(Send.Records);
        using var import = await client.PostAsync(Send.Import, path: Send.Records);

        await list.ProblemAsync(HttpStatusCode.Forbidden);
        await import.ProblemAsync(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_token_that_is_limited_to_securables_neither_exports_nor_imports()
    {
        using var client = _host.ClientWith(_host.Signer.Token(claims =>
        {
            claims["scope"] = "policysync.ops";
            claims["policysync.securables"] = "main";
        }));

        using var list = await client.GetAsync(Send.Records);
        using var import = await client.PostAsync(Send.Import, path: Send.Records);

        Assert.Equal("SECURABLE_NOT_ALLOWED", (await list.ProblemAsync(HttpStatusCode.Forbidden)).GetProperty("code").GetString());
        Assert.Equal("SECURABLE_NOT_ALLOWED", (await import.ProblemAsync(HttpStatusCode.Forbidden)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_page_token_of_another_list_is_refused()
    {
        await StoreAsync("a", "b");
        using var first = await _operators.GetAsync($"{Send.Records}?pageSize=1");
        var token = (await first.JsonAsync()).GetProperty("nextPageToken").GetString();
        using var reader = _host.ClientOf("policysync.read");

        using var drift = await reader.GetAsync($"/policysync/api/v1/drift?pageToken={token}");
        using var wrong = await _operators.GetAsync($"{Send.Records}?pageToken=eA");

        await drift.ProblemAsync(HttpStatusCode.BadRequest);
        await wrong.ProblemAsync(HttpStatusCode.BadRequest);
    }

    private static string State(string identity) => Core.Records.StoredJson.Write(new ResourceState
    {
        Ledger = new Ledger(identity, [new LedgerEntry { Principal = "ann@x.io", Privilege = "SELECT", TaskId = "7" }]), KnownAs = identity,
    });

    private async Task StoreAsync(params string[] tables)
    {
        foreach (var table in tables)
        {
            await _host.Services.GetRequiredService<MemoryStates>().WriteStateAsync(
                "resource", GrainId.Create("resource", ResourceKey.Of("instance1", TestDrift.Table(table))), new Kept(State("id-1")));
        }
    }

    private async Task<List<JsonElement>> ExportAsync(int pageSize)
    {
        var (records, token) = (new List<JsonElement>(), "");
        do
        {
            using var answer = await _operators.GetAsync($"{Send.Records}?pageSize={pageSize}&pageToken={token}");
            var page = await answer.JsonAsync();
            Assert.Equal("instance1", page.GetProperty("instance").GetString());
            Assert.InRange(page.GetProperty("records").GetArrayLength(), 0, pageSize);
            records.AddRange(page.GetProperty("records").EnumerateArray());
            token = page.TryGetProperty("nextPageToken", out var next) ? next.GetString()! : "";
        }
        while (token.Length > 0);
        return records;
    }

    private Task<HttpResponseMessage> ImportAsync(IEnumerable<JsonElement> records) =>
        _operators.PostAsync($$"""{"instance":"instance1","records":[{{string.Join(',', records.Select(record => record.GetRawText()))}}]}""", path: Send.Records);

    private sealed class Kept(string json) : IGrainState<ResourceState>
    {
        [AllowNull]
        public ResourceState State { get; set; } = Core.Records.StoredJson.Read<ResourceState>(json);

        public string? ETag { get; set; }

        public bool RecordExists { get; set; }
    }
}
