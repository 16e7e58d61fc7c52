using System.Text.Json.Nodes;
using PolicySync.EndToEnd.Tests.Stack;
using Xunit.Abstractions;

namespace PolicySync.EndToEnd.Tests.Guards;

/// <summary>
/// A process that is killed between any two calls of a change of row filters and masks. There is a table for each call of
/// each change and each fate of that call: it is held in the workspace, the process is killed with all of them under way,
/// and the call is lost, or takes effect before the next process runs, or after. One kill thus covers every boundary; a
/// second one meets the recovery. The emulator keeps what people read of each table at every moment.
/// </summary>
public sealed class GuardKillTests(AzuriteFixture azurite, ITestOutputHelper output) : StackTest(azurite)
{
    private static readonly string[] Fates = ["lost", "early", "late"];
    private static readonly string[] People = [GuardChange.AnnName, GuardChange.BenName];
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(60);

    [Fact]
    [Trait("Category", "Long")]
    public async Task Killed_at_any_call_of_a_change_it_lets_nobody_read_what_neither_old_nor_new_policies_show()
    {
        await Emulator.AddPrincipalsAsync(new { users = new[] { "ann", "ben", "cat" }.Select(name => new { userName = $"{name}@example.com" }) });
        Publish(change => change.Before);
        var host = await StartHostAsync(
            ("Workspace:WarehouseId", "emulator-warehouse"), ("Workspace:StatementTimeout", "00:00:10"), ("Workspace:WriteTimeout", "00:00:08"),
            ("Workspace:MaxConcurrency", "500"), ("Sync:ParentUse", "false"), ("Sync:MaskDeniedColumns", "true"));
        var tables = await MakeTablesAsync(host);
        await SyncAsync(host, tables);
        foreach (var table in tables)
        {
            await CheckAsync(table, after: false);
            await Emulator.WatchAsync(table.FullName, People);
            await Emulator.FaultAsync(new
            {
                id = table.Catalog, method = "POST,PATCH", contains = table.Catalog, skip = table.Call, times = 1, holdUntilReleased = true,
                mode = table.Fate == "lost" ? "reset" : null,
            });
        }

        Publish(change => change.After);
        var tasks = await PostAsync(host, tables);
        await Wait.ForAsync(() => Emulator.HeldAsync(), held => held == tables.Count, Enough, held => $"{held} of {tables.Count} are held: {host.LogEnd}");
        await host.KillAsync();
        await ReleaseAsync(tables, "lost", "early");
        await host.RestartAsync();
        await ReleaseAsync(tables, "late");

        await KillWhileRecoveringAsync(host, tables, tasks);
        foreach (var (table, task) in tables.Zip(tasks))
        {
            var end = await host.EndOfAsync(task);
            Assert.True((string?)end["status"] == "SUCCESS", $"{table}: {end}");
            await CheckAsync(table, after: true);
        }

        var moments = await CheckMomentsAsync();
        await CheckNoFunctionIsLeftAsync();
        Assert.Equal((0, 0), await Emulator.WriteFaultsAsync());
        await Emulator.ForgetCallsAsync();
        await SyncAsync(host, tables);
        Assert.Empty(await Emulator.CallsAsync("PATCH"));
        Assert.DoesNotContain(await Emulator.CallsAsync("POST"), call => call.Path.EndsWith("/sql/statements", StringComparison.Ordinal));
        output.WriteLine($"{tables.Count} tables killed at {tables.Select(table => (table.Change.Name, table.Call)).Distinct().Count()} boundaries of "
            + $"{GuardChange.All.Count} changes; {moments} moments at which a reader's view changed");
    }

    // Each write of the recovery is met by some table: what it does there is the same change from another beginning.
    private async Task KillWhileRecoveringAsync(Host host, IReadOnlyList<GuardedTable> tables, IReadOnlyList<string> tasks)
    {
        foreach (var table in tables)
        {
            await Emulator.FaultAsync(new
            {
                id = table.Catalog, method = "POST,PATCH", contains = table.Catalog, skip = (table.Call + Array.IndexOf(Fates, table.Fate)) % 5,
                times = 1, holdUntilReleased = true, mode = table.Fate == "early" ? "reset" : null,
            });
        }

        await Wait.ForAsync(async () => await EndedAsync(host, tasks) + await Emulator.HeldAsync(), done => done == tables.Count, Enough,
            done => $"{done} of {tables.Count} ended or are held: {host.LogEnd}");
        Assert.True(await Emulator.HeldAsync() > tables.Count / 3, "hardly any recovery had anything to write");
        await host.KillAsync();
        await ReleaseAsync(tables, "lost", "early");
        await host.RestartAsync();
        await ReleaseAsync(tables, "late");
    }

    private static async Task<int> EndedAsync(Host host, IReadOnlyList<string> tasks) =>
        (await Task.WhenAll(tasks.Select(host.GetTaskAsync))).Count(task => (string?)task["status"] is "SUCCESS" or "FAILED");

    // Taking a rule away lets go of what it holds.
    private async Task ReleaseAsync(IEnumerable<GuardedTable> tables, params string[] fates)
    {
        foreach (var table in tables.Where(table => fates.Contains(table.Fate)))
        {
            await Emulator.RemoveFaultAsync(table.Catalog);
        }
    }

    private void Publish(Func<GuardChange, Action<PolicyFolder, string>> which)
    {
        Policies.Clear();
        foreach (var change in GuardChange.All)
        {
            which(change)(Policies, $"{change.Name}*.s.t");
        }

        Policies.Publish();
    }

    // The first of each change tells by a dry run how many calls there are.
    private async Task<IReadOnlyList<GuardedTable>> MakeTablesAsync(Host host)
    {
        var first = GuardChange.All.Select(change => new GuardedTable(change, 0, Fates[0])).ToList();
        foreach (var table in first)
        {
            await MakeAsync(table);
        }

        await SyncAsync(host, first);
        Publish(change => change.After);
        var all = new List<GuardedTable>();
        foreach (var table in first)
        {
            var dry = await host.RunAsync(Payload.As(Payload.Table(table.FullName), dryRun: true));
            var calls = (await host.ResourcesAsync((string)dry["taskId"]!))[0]!["plannedCalls"]!.AsArray().Count;
            all.AddRange(Enumerable.Range(0, calls).SelectMany(call => Fates.Select(fate => new GuardedTable(table.Change, call, fate))));
        }

        Publish(change => change.Before);
        foreach (var table in all.Except(first))
        {
            await MakeAsync(table);
        }

        return all;
    }

    private async Task MakeAsync(GuardedTable table)
    {
        await Emulator.MakeAsync("table", table.FullName, new
        {
            owner = "platform-admins",
            columns = new[] { new { name = "id", type = "int" }, new { name = "region", type = "string" }, new { name = "ssn", type = "string" } },
            rows = new[] { new[] { "1", "EU", "Aa-11" }, ["2", "US", "Bb-22"] },
        });
        await Emulator.MakeAsync("schema", $"{table.Catalog}.s", new { grants = new[] { new { principal = "account users", privileges = new[] { "USE_SCHEMA" } } } });
        await Emulator.MakeAsync("catalog", table.Catalog, new
        {
            owner = "platform-admins", grants = new[] { new { principal = "account users", privileges = new[] { "USE_CATALOG" } } },
        });
    }

    private static async Task<IReadOnlyList<string>> PostAsync(Host host, IReadOnlyList<GuardedTable> tables) =>
        await Task.WhenAll(tables.Select(table => host.PostAsync(Payload.Table(table.FullName))));

    private static async Task SyncAsync(Host host, IReadOnlyList<GuardedTable> tables)
    {
        foreach (var task in await PostAsync(host, tables))
        {
            var end = await host.EndOfAsync(task);
            Assert.True((string?)end["status"] == "SUCCESS", $"{end}");
        }
    }

    private async Task CheckAsync(GuardedTable table, bool after)
    {
        var (ann, ben) = (table.Change.Ann, table.Change.Ben);
        Assert.Equal(
            (table.ToString(), after ? ann.After : ann.Before, after ? ben.After : ben.Before),
            (table.ToString(), GuardChange.Show(await Emulator.ReadAsync(GuardChange.AnnName, table.FullName)),
                GuardChange.Show(await Emulator.ReadAsync(GuardChange.BenName, table.FullName))));
    }

    // What the old policies show and the new ones do not is gone for good once it is gone.
    private async Task<int> CheckMomentsAsync()
    {
        var readings = await Emulator.ReadingsAsync();
        foreach (var reader in readings.GroupBy(reading => (reading.Table, reading.Principal)))
        {
            var change = GuardChange.All.Single(change => reader.Key.Table.StartsWith(change.Name, StringComparison.Ordinal));
            var (old, next) = (change.Shown(reader.Key.Principal, before: true).ToHashSet(), change.Shown(reader.Key.Principal, before: false));
            foreach (var (_, _, rows, call) in reader)
            {
                var seen = GuardChange.CellsOf(rows);
                Assert.True(seen.All(cell => old.Contains(cell) || next.Contains(cell)),
                    $"{reader.Key} reads {GuardChange.Show(rows)} after {call}; all moments: {string.Join("; ", reader.Select(moment => GuardChange.Show(moment.Rows) ?? "refused"))}");
                old.IntersectWith(seen);
            }
        }

        return readings.Count;
    }

    private async Task CheckNoFunctionIsLeftAsync()
    {
        var (all, used) = await Emulator.FunctionsAsync();
        Assert.Equal(used.Order(StringComparer.Ordinal), all.Where(name => name.Contains(".policysync_guards.", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    private sealed record GuardedTable(GuardChange Change, int Call, string Fate)
    {
        public string Catalog => $"{Change.Name}{Call:00}{Fate}";

        public string FullName => $"{Catalog}.s.t";

        public override string ToString() => $"{Change.Name}, killed at call {Call}, which is {Fate}";
    }
}
