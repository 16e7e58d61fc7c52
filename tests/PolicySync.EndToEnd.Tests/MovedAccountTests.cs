using System.Net;
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

    private Task MakeAsync() => Emulator.MakeAsync("table", Walled, new
    {
        owner = "platform-admins",
        columns = new[] { new { name = "id", type = "bigint" }, new { name = "region", type = "string" }, new { name = "ssn", type = "string" } },
        rows = new[] { new[] { "1", "EU", "Ab-12" }, ["2", "US", "Cd-34"] },
    });

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
        await using var command = ChildProcess.StartDotnet(Repository.Program("PolicySync.Cli"), arguments, new Dictionary<string, string>
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
