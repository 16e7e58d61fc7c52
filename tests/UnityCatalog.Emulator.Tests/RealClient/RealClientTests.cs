using System.Diagnostics;
using System.Text.Json.Nodes;

namespace UnityCatalog.Emulator.Tests.RealClient;

/// <summary>Databricks' own client makes the calls that it can make, and understands what the emulator answers.</summary>
public class RealClientTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>Call and answer, in the order in which they are made.</summary>
    private static readonly (string Call, string Answer)[] Expected =
    [
        ("oauth", $"\"{Emulator.PolicySyncApplication}\""),
        ("token", "\"mia.metastore@example.com\""),
        ("catalogs", """["analytics","hive_metastore","hr_catalog","main","samples","system"]"""),
        ("tables", "27"),
        ("table", "\"MANAGED\""),
        ("missing", """{"failed":"TABLE_DOES_NOT_EXIST"}"""),
        ("grants", """["cara.analyst@example.com:SELECT"]"""),
        ("effective", "true"),
        ("createCatalog", "\"mia.metastore@example.com\""),
        ("createSchema", "\"fresh.s\""),
        ("createFunction", "\"fresh.s.f(string)\""),
        ("createStorageCredential", "\"sc\""),
        ("createExternalLocation", """["abfss://a@b.dfs.core.windows.net/c","sc"]"""),
        ("createCredential", "\"SERVICE\""),
        ("createConnection", """["MYSQL",{"host":"h"}]"""),
        ("connections", """["co","crm"]"""),
        ("createGroup", "\"WorkspaceGroup\""),
        ("createUser", "\"new@example.com\""),
        ("userIsGone", """{"failed":404}"""),
        ("bindings", "[]"),
        ("modelVersions", "[]"),
        ("warehouses", """["RUNNING"]"""),
        ("tag", "\"a/b\""),
        ("tagRead", "\"x\""),
        ("tags", """["a/b"]"""),
        ("grant", "\"SUCCEEDED\""),
        ("showGrants", """[["us-analysts","SELECT","TABLE","main.sales.orders"]]"""),
        ("select", $"\"{Emulator.PolicySyncApplication}\""),
        ("refused", "\"[INSUFFICIENT_PERMISSIONS] User does not have USE CATALOG on Catalog 'main'.\""),
        ("deleteCatalog", "false"),
    ];

    [NeedsDatabricksSdk]
    public async Task Databricks_own_client_finds_what_it_expects()
    {
        await using var emulator = await Emulator.StartAsync();

        var answers = JsonNode.Parse(await RunAsync(emulator.Url))!.AsObject();

        var made = answers.Select(pair => $"{pair.Key}: {Relaxed(pair.Value)}");
        Assert.Equal(string.Join('\n', Expected.Select(pair => $"{pair.Call}: {pair.Answer}")), string.Join('\n', made));
        var unknown = (await emulator.AdminAsync("GET", "/calls/summary"))["routes"]!.AsObject().Select(route => route.Key)
            .Where(route => route.Contains("(unknown)", StringComparison.Ordinal));
        Assert.Empty(unknown);
    }

    private static string Relaxed(JsonNode? node) => node?.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) ?? "null";

    private static async Task<string> RunAsync(string host)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "RealClient", "client.mjs");
        var start = new ProcessStartInfo("node", [script, NeedsDatabricksSdkAttribute.Folder, host])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"the client did not end in {Limit}: {await error}");
        }

        Assert.True(process.ExitCode == 0, $"the client ended with {process.ExitCode}: {await error}");
        return await output;
    }
}
