using System.Globalization;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using Orleans.Storage;
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
/// number, task id. Before each kind of row it writes <c>ready</c> and waits for a line of input, so that all begin at once;
/// then it writes one line for each thing it did.
/// </summary>
internal static class RacingProcess
{
    public const int Rounds = 25;
    public const int Stages = 2;

    private static async Task<int> Main(string[] args)
    {
        if (args is not [var connection, var prefix, var number, var task])
        {
            await Console.Error.WriteLineAsync("usage: CONNECTION PREFIX NUMBER TASK");
            return 2;
        }

        using var storage = new TableStorage(
            Options.Create(new AzureTablesOptions { ConnectionString = connection, TablePrefix = prefix }), TimeProvider.System);
        using var states = await GrainStorageHarness.StartAsync(connection, prefix + "State");
        await ReadyAsync();
        await CountAsync(states);
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

    /// <summary>Increments a state that both processes write.</summary>
    private static async Task CountAsync(GrainStorageHarness states)
    {
        var grain = GrainId.Create("stock", "race");
        for (var added = 0; added < Rounds;)
        {
            var state = await states.ReadAsync(grain);
            state.State.Count++;
            try
            {
                await states.WriteAsync(grain, state);
                added++;
                Say("added", state.State.Count.ToString(CultureInfo.InvariantCulture));
            }
            catch (InconsistentStateException)
            {
                Say("refused", "");
            }
        }
    }

    /// <summary>Appends to a task's cursor, which both processes save.</summary>
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

    private static void Say(string what, string about) => Console.WriteLine($"{what} {about}");
}
