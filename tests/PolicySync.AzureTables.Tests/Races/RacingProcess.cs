using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Serialization.Serializers;
using Orleans.Storage;
using PolicySync.AzureTables.Clustering;
using PolicySync.AzureTables.GrainState;
using PolicySync.AzureTables.Reminders;
using PolicySync.AzureTables.Tables;
using PolicySync.AzureTables.Tasks;
using PolicySync.AzureTables.Tests.GrainState;
using PolicySync.Core;
using PolicySync.Core.Errors;
using PolicySync.Core.Options;
using PolicySync.Core.Tasks;

namespace PolicySync.AzureTables.Tests.Races;

/// <summary>
/// This assembly as a program: one of several processes that write the same rows. Arguments: storage, table prefix, own
/// number, task id. Before each kind of row it says <c>ready</c> and waits for a line of input, so that all begin at once;
/// what it did stands in its output, a line each.
/// </summary>
internal static class RacingProcess
{
    public const int Rounds = 25;
    public const int Stages = 4;

    private static async Task<int> Main(string[] args)
    {
        if (args is not [var connection, var prefix, var number, var task])
        {
            await Console.Error.WriteLineAsync("usage: CONNECTION PREFIX NUMBER TASK");
            return 2;
        }

        using var storage = new TableStorage(
            Options.Create(new AzureTablesOptions { ConnectionString = connection, TablePrefix = prefix }), TimeProvider.System);
        var cluster = Options.Create(new ClusterOptions { ClusterId = "race", ServiceId = "svc" });
        await ReadyAsync();
        await JoinAsync(
            new AzureTableMembershipTable(
                storage, cluster, Options.Create(new AzureTableClusteringOptions { TableName = prefix + "Silos" }), NullLogger<AzureTableMembershipTable>.Instance),
            int.Parse(number, CultureInfo.InvariantCulture));
        await ReadyAsync();
        await WindAsync(new AzureTableReminderTable(
            storage, cluster, Options.Create(new AzureTableReminderOptions { TableName = prefix + "Reminders" }), NullLogger<AzureTableReminderTable>.Instance));
        await ReadyAsync();
        await CountAsync(storage, cluster, prefix);
        await ReadyAsync();
        await SaveAsync(
            new AzureTableTaskStore(storage, Options.Create(new TasksOptions()), TimeProvider.System, new Random(1), IdGenerator.System),
            new TaskId(long.Parse(task, CultureInfo.InvariantCulture)),
            number);
        return 0;
    }

    private static async Task ReadyAsync()
    {
        await Console.Out.WriteLineAsync("ready");
        await Console.In.ReadLineAsync();
    }

    /// <summary>Inserts silos of its own, each with the next version.</summary>
    private static async Task JoinAsync(AzureTableMembershipTable table, int number)
    {
        await table.InitializeMembershipTable(tryInitTableVersion: true);
        for (var round = 0; round < Rounds; round++)
        {
            while (true)
            {
                var before = await table.ReadAll();
                var silo = Silo(number, round);
                if (await table.InsertRow(silo, before.Version.Next()))
                {
                    Say("joined", SiloRow.KeyOf(silo.SiloAddress));
                    break;
                }

                Say("refused", "");
            }
        }
    }

    /// <summary>Registers and removes one reminder in turn. An ETag removed is a registration that ended once.</summary>
    private static async Task WindAsync(AzureTableReminderTable table)
    {
        await table.StartAsync();
        var grain = GrainId.Create("bell", "race");
        for (var round = 0; round < Rounds; round++)
        {
            await table.UpsertRow(new ReminderEntry { GrainId = grain, ReminderName = "tick", StartAt = DateTime.UnixEpoch, Period = TimeSpan.FromMinutes(1) });
            if (await table.ReadRow(grain, "tick") is { } read && await table.RemoveRow(grain, "tick", read.ETag!))
            {
                Say("removed", read.ETag!);
            }
        }
    }

    /// <summary>Adds one to a state that both write.</summary>
    private static async Task CountAsync(TableStorage storage, IOptions<ClusterOptions> cluster, string prefix)
    {
        await using var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        var states = new AzureTableGrainStorage(
            "race", new AzureTableGrainStorageOptions { TableName = prefix + "State" }, storage, cluster, services.GetRequiredService<IActivatorProvider>());
        for (var added = 0; added < Rounds;)
        {
            var state = new StockState();
            await states.ReadStateAsync("stock", GrainId.Create("stock", "race"), state);
            state.State.Count++;
            try
            {
                await states.WriteStateAsync("stock", GrainId.Create("stock", "race"), state);
                added++;
                Say("added", state.State.Count.ToString(CultureInfo.InvariantCulture));
            }
            catch (InconsistentStateException)
            {
                Say("refused", "");
            }
        }
    }

    /// <summary>Appends to a task's cursor, which both save.</summary>
    private static async Task SaveAsync(AzureTableTaskStore store, TaskId id, string number)
    {
        for (var saved = 0; saved < Rounds;)
        {
            var task = (await store.FindAsync(id, default))!;
            try
            {
                await store.SaveAsync(task with { Cursor = task.Cursor + number, StartTime = task.CreateTime }, default);
                saved++;
            }
            catch (SyncException e) when (e.Code == SyncErrorCode.StorageConflict)
            {
                Say("refused", "");
            }
        }
    }

    private static MembershipEntry Silo(int number, int round) => new()
    {
        SiloAddress = SiloAddress.New(IPAddress.Loopback, 10_000 + number, round + 1),
        HostName = "host",
        SiloName = "silo",
        Status = SiloStatus.Active,
    };

    private static void Say(string what, string about) => Console.WriteLine($"{what} {about}");
}
