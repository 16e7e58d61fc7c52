using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using PolicySync.EndToEnd.Tests.Stack;
using Xunit.Abstractions;

namespace PolicySync.EndToEnd.Tests;

/// <summary>An account that is lost or moved: what was exported from it is imported into an empty one by the command line.</summary>
public sealed class MovedAccountTests(AzuriteFixture azurite, ITestOutputHelper output) : StackTest(azurite)
{
    private const string Walled = "walled.s.t";
    private const string Ana = "ana.analyst@example.com";
    private const string Ben = "ben.analyst@example.com";
    private static readonly (string, string)[] Settings = [("Workspace:WarehouseId", "emulator-warehouse")];

    private static readonly string CommandLine =
        Path.Combine(Path.GetDirectoryName(Repository.Program("PolicySync.Cli"))!, "policysync.dll");

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"export-{Guid.NewGuid():N}");

    [Fact]
    public async Task After_an_import_into_an_empty_account_a_sync_writes_nothing_and_what_the_service_gave_is_still_its_own()
    {
        await MakeAsync();
        var end = DateTimeOffset.UtcNow.AddHours(2);
        Publish(analysts: true, end);
        var former = await StartHostAsync(Settings);
        foreach (var catalog in new[] { "main", "walled" })
        {
            await former.RunAsync(Payload.Catalog(catalog));
            await former.RunAsync(Payload.As(Payload.Catalog(catalog), type: "VERIFY"));
        }

        var foreign = (await ListAsync(former, "drift?kind=FOREIGN", "drift"))[0];
        await SendAsync(former, HttpMethod.Post, $"drift/{foreign["id"]}:ignore", HttpStatusCode.OK, new { reason = "known", endTime = end });
        await SendAsync(former, HttpMethod.Put, "suspensions/other.audit", HttpStatusCode.OK, new { reason = "audit", endTime = end });
        var (gaps, recorded, suspensions) = (await GapsAsync(former), await RecordedAsync(former), await ListAsync(former, "suspensions", "suspensions"));
        Assert.Contains("grant", recorded, StringComparison.Ordinal);
        Assert.Equal(0, await CommandAsync(former, "export", "--out", _file));
        await former.KillAsync();

        var empty = new AzuriteFixture();
        await empty.InitializeAsync();
        try
        {
            await using var next = await Host.StartAsync(Emulator, Policies, empty, Settings);
            Assert.NotEqual(recorded, await RecordedAsync(next));
            Assert.Equal(0, await CommandAsync(next, "import", _file));
            Assert.Equal(recorded, await RecordedAsync(next));
            Assert.Equal(suspensions.Select(one => one.ToJsonString()), (await ListAsync(next, "suspensions", "suspensions")).Select(one => one.ToJsonString()));
            var ignored = Assert.Single(await ListAsync(next, "drift?state=IGNORED", "drift"));
            Assert.Equal(((string?)foreign["id"], "known"), ((string?)ignored["id"], (string?)ignored["ignoreReason"]));

            await Emulator.ForgetCallsAsync();
            Assert.Equal(gaps, await GapsAsync(next));
            Assert.Empty(await Emulator.CallsAsync("PATCH"));
            Assert.DoesNotContain(await Emulator.CallsAsync("POST"), call => call.Path.EndsWith("/sql/statements", StringComparison.Ordinal) && call.Body!.Contains("ALTER", StringComparison.Ordinal));

            Publish(analysts: false, end);
            await next.RunAsync(Payload.Catalog("main"));
            Assert.False(await Emulator.HoldsAsync("table", "main.sales.customers", "analysts", "SELECT"));
            Assert.True(await Emulator.HoldsAsync("table", "main.sales.orders", "finance-team", "SELECT"));
            Assert.Equal(0, await CommandAsync(next, "import", _file)); // again, also when time has passed
        }
        finally
        {
            await empty.DisposeAsync();
            File.Delete(_file);
        }
    }

    [Fact]
    public async Task Without_an_import_the_same_grants_are_foreign()
    {
        Publish(analysts: true, DateTimeOffset.UtcNow.AddHours(2));
        var former = await StartHostAsync();
        await former.RunAsync(Payload.Table("main.sales.customers"));
        await former.KillAsync();
        Publish(analysts: false, DateTimeOffset.UtcNow.AddHours(2));

        var next = await StartHostAsync(); // has tables of its own

        var task = await next.RunAsync(Payload.Table("main.sales.customers"));
        Assert.Contains("FOREIGN_GRANT EXPOSED analysts SELECT", await next.GapsAsync((string)task["taskId"]!));
        Assert.True(await Emulator.HoldsAsync("table", "main.sales.customers", "analysts", "SELECT"));
    }

    /// <summary>Prints the time and memory of many states, of which nothing is asserted: other work on the machine decides.</summary>
    [Fact]
    [Trait("Category", "Long")]
    public async Task Thousands_of_states_are_imported_and_exported_whole()
    {
        var count = LargeCount.Value;
        var records = Enumerable.Range(0, count).Select(n => string.Create(CultureInfo.InvariantCulture, $$$"""
            {"kind":"STATE","type":"table","fullName":"main.s{{{n / 100}}}.t{{{n}}}","identity":"id-{{{n}}}","content":{"ledger":{"identity":"id-{{{n}}}","entries":[{"principal":"analysts","principalId":1,"privilege":"SELECT","policyId":7,"policyName":"read","taskId":"574057046565109672","grantedAt":"2026-11-30T12:00:00+00:00"},{"principal":"finance-team","principalId":2,"privilege":"SELECT","policyId":7,"policyName":"read","taskId":"574057046565109672","grantedAt":"2026-11-30T12:00:00+00:00"}]},"refused":{},"refusedPrivileges":{},"guardFunctions":[],"refusedParts":[],"refusedThoughListed":[],"knownAs":"id-{{{n}}}"}}
            """));
        var lines = string.Concat(records.Prepend("""{"policysyncExport":1,"instance":"instance1","version":"0.1.0","time":"2026-11-30T12:00:00+00:00"}""").Select(line => line + "\n"));
        await File.WriteAllTextAsync(_file, string.Create(
            CultureInfo.InvariantCulture,
            $$$"""{{{lines}}}{"end":true,"counts":{"STATE":{{{count}}} },"sha256":"{{{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines)))}}}"}""") + "\n");
        Policies.Allow("read", "main.sales.*", "select", "@analysts").Publish();
        var host = await StartHostAsync();
        try
        {
            foreach (var arguments in new[] { new[] { "import", _file }, ["export", "--out", _file + ".copy"], ["import", _file + ".copy"] })
            {
                var since = TimeProvider.System.GetTimestamp();
                Assert.Equal(0, await CommandAsync(host, arguments));
                output.WriteLine($"{arguments[0]}: {TimeProvider.System.GetElapsedTime(since).TotalSeconds:0.0} s, heap of the service {(await host.HeapAfterCollectionAsync()).LiveMebi:0.0} MiB, file {new FileInfo(_file).Length / 1024} KiB");
            }

            Assert.Equal(
                (await File.ReadAllLinesAsync(_file))[1..^1].Select(NameIn).Order(StringComparer.Ordinal),
                (await File.ReadAllLinesAsync(_file + ".copy"))[1..^1].Select(NameIn).Order(StringComparer.Ordinal));
        }
        finally
        {
            File.Delete(_file);
            File.Delete(_file + ".copy");
        }

        static string? NameIn(string line) => (string?)JsonNode.Parse(line)!["fullName"];
    }

    private void Publish(bool analysts, DateTimeOffset end)
    {
        Policies.Clear().Allow("sales", "main.sales.*", "select", "@finance-team");
        if (analysts)
        {
            Policies.Allow("read", "main.sales.customers", "select", "@analysts");
        }

        Policies.Allow("for a while", "main.sales.orders", "modify", "@analysts").Until(end);
        Policies.Allow("walled", Walled, "select", $"{Ana} {Ben}").Filter("rows", Walled, ("region = 'EU'", Ana)).Mask("ssn", Walled + ".ssn", ("MASK", Ana)).Publish();
    }

    private async Task MakeAsync()
    {
        await Emulator.MakeAsync("table", Walled, new
        {
            owner = "platform-admins",
            columns = new[] { new { name = "id", type = "bigint" }, new { name = "region", type = "string" }, new { name = "ssn", type = "string" } },
            rows = new[] { new[] { "1", "EU", "Ab-12" }, ["2", "US", "Cd-34"] },
        });
        await Emulator.MakeAsync("catalog", "walled", new { owner = "platform-admins" });
        await Emulator.SetGrantsAsync("catalog", "walled", ("account users", ["USE_CATALOG"]));
        await Emulator.SetGrantsAsync("schema", "walled.s", ("account users", ["USE_SCHEMA"]));
    }

    // What the service says that it made, and until when, without its tasks.
    private static async Task<string> RecordedAsync(Host host)
    {
        var all = new JsonArray();
        foreach (var name in new[] { "table/main.sales.customers", "table/main.sales.orders", $"table/{Walled}", "schema/main.sales", "catalog/main" })
        {
            var securable = await SendAsync(host, HttpMethod.Get, $"securables/{name}", HttpStatusCode.OK);
            all.Add(new JsonObject
            {
                ["name"] = name, ["grants"] = securable!["grants"]?.DeepClone(), ["guards"] = securable["guards"]?.DeepClone(), ["until"] = securable["validUntil"]?.DeepClone(),
            });
        }

        return all.ToJsonString();
    }

    private static async Task<IReadOnlyList<string>> GapsAsync(Host host)
    {
        var gaps = new List<string>();
        foreach (var catalog in new[] { "main", "walled" })
        {
            var task = await host.RunAsync(Payload.Catalog(catalog));
            Assert.True((string?)task["status"] == "SUCCESS", task.ToJsonString());
            gaps.AddRange(await host.GapsAsync((string)task["taskId"]!));
        }

        gaps.Sort(StringComparer.Ordinal);
        return gaps;
    }

    private async Task<int> CommandAsync(Host host, params string[] arguments)
    {
        await using var command = ChildProcess.StartDotnet(CommandLine, arguments, new Dictionary<string, string>
        {
            ["POLICYSYNC_URL"] = host.Url.ToString(), ["POLICYSYNC_TOKEN"] = host.Token("policysync.ops"),
        });
        await command.ExitAsync(TimeSpan.FromSeconds(120));
        output.WriteLine($"policysync {string.Join(' ', arguments)}\n{command.Output}");
        return command.ExitCode;
    }

    private static async Task<IReadOnlyList<JsonNode>> ListAsync(Host host, string path, string member) =>
        [.. (await SendAsync(host, HttpMethod.Get, path, HttpStatusCode.OK))![member]!.AsArray().Select(item => item!)];

    private static async Task<JsonNode?> SendAsync(Host host, HttpMethod method, string path, HttpStatusCode expected, object? body = null)
    {
        var (status, text) = await host.SendAsync(method, "policysync/api/v1/" + path, body);
        Assert.True(status == expected, $"{status}: {text}");
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }
}
