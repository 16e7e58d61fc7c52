using PolicySync.EndToEnd.Tests.Stack;

namespace PolicySync.EndToEnd.Tests;

/// <summary>New and recreated objects are synced without a caller.</summary>
public sealed class WatchTests(AzuriteFixture azurite) : StackTest(azurite)
{
    private const string Ana = "ana.analyst@example.com";
    private const string Ben = "ben.analyst@example.com";
    private const string Guarded = "walled.s.t";
    private const string Restricted = "1|EU|Xx-nn";

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    // Two rounds, each up to a quarter late and with a task after it, on a machine that does other things too.
    private static readonly TimeSpan TwoRounds = TimeSpan.FromSeconds(90);

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // table summaries are refused
    public async Task A_new_table_and_a_guarded_one_that_was_dropped_and_made_again_are_synced_within_two_rounds(bool isRefused)
    {
        if (isRefused)
        {
            await Emulator.FaultAsync(new { path = "*/table-summaries", status = 403, errorCode = "PERMISSION_DENIED" });
        }

        Policies.Allow("sales", "walled.s.*", "select", $"{Ana} {Ben}").Filter("rows", Guarded, ("region = 'EU'", Ana)).Mask("ssn", Guarded + ".ssn", ("MASK", Ana)).Publish();
        await MakeGuardedAsync();
        for (var i = 1; i <= 4; i++)
        {
            await Emulator.MakeAsync("table", $"walled.s.old{i}", new { owner = "platform-admins", columns = new[] { new { name = "id", type = "bigint" } } });
        }

        await Emulator.MakeAsync("catalog", "walled", new { owner = "platform-admins" });
        await Emulator.SetGrantsAsync("catalog", "walled", ("account users", ["USE_CATALOG"]));
        await Emulator.SetGrantsAsync("schema", "walled.s", ("account users", ["USE_SCHEMA"]));
        var host = await StartHostAsync(("Watch:Every", Every.ToString()), ("Workspace:WarehouseId", "emulator-warehouse"));
        await host.RunAsync(Payload.Table(Guarded));
        Assert.Equal(Restricted, await ReadAsync(Guarded));
        await AfterRoundsAsync(host, 3); // it knows what exists, and where guards are
        Assert.False(await Emulator.HoldsAsync("table", "walled.s.old1", Ana, "SELECT")); // that, it leaves

        await Emulator.MakeAsync("table", "walled.s.fresh", new { owner = "platform-admins", columns = new[] { new { name = "id", type = "bigint" } } });
        await Emulator.CallAsync("dapi-emulator-admin", "DELETE", $"api/2.1/unity-catalog/tables/{Guarded}", "{}");
        await MakeGuardedAsync();
        Assert.Null(await ReadAsync(Guarded)); // as nobody has a grant on the new one

        await Wait.ForAsync(() => Emulator.HoldsAsync("table", "walled.s.fresh", Ana, "SELECT"), holds => holds, TwoRounds, _ => host.LogEnd);
        await Wait.ForAsync(() => ReadAsync(Guarded), rows => rows is not null, TwoRounds, _ => host.LogEnd);
        Assert.Equal(Restricted, await ReadAsync(Guarded));
        Assert.False(await Emulator.HoldsAsync("table", "walled.s.old1", Ana, "SELECT"));
        Assert.Equal(1, await ValueAsync(host, "policysync_watch_recreated_total"));
        Assert.Equal(isRefused, await ValueAsync(host, "policysync_watch_fallback") > 0);
    }

    private static Task AfterRoundsAsync(Host host, int more) => Wait.ForAsync(
        () => ValueAsync(host, "policysync_watch_round_seconds_count"), rounds => rounds >= more, TwoRounds, rounds => $"{rounds} rounds: {host.LogEnd}");

    private static async Task<double> ValueAsync(Host host, string metric) => (await host.MetricsAsync()).Split('\n')
        .Where(line => line.StartsWith(metric, StringComparison.Ordinal) && line[metric.Length] is ' ' or '{')
        .Sum(line => double.Parse(line[(line.LastIndexOf('}') + 1)..].Trim().Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture));

    private async Task<string?> ReadAsync(string table) => Guards.GuardChange.Show(await Emulator.ReadAsync(Ana, table));

    private async Task MakeGuardedAsync()
    {
        await Emulator.MakeAsync("table", Guarded, new
        {
            owner = "platform-admins",
            columns = new[] { new { name = "id", type = "bigint" }, new { name = "region", type = "string" }, new { name = "ssn", type = "string" } },
            rows = new[] { new[] { "1", "EU", "Ab-12" }, ["2", "US", "Cd-34"] },
        });
    }
}
