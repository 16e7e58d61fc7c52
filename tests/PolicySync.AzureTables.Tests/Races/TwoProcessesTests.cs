using System.Diagnostics;
using System.Globalization;
using Azure.Data.Tables;
using Orleans.Runtime;
using PolicySync.AzureTables.Tests.GrainState;
using PolicySync.AzureTables.Tests.Harness;

namespace PolicySync.AzureTables.Tests.Races;

/// <summary>Two processes write the same rows as fast as they can; no confirmed write is lost.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class TwoProcessesTests(AzuriteFixture azurite) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Account _account = new(azurite);
    private readonly List<Process> _processes = [];

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            if (!process.HasExited)
            {
                process.Kill();
            }

            process.Dispose();
        }

        _account.Dispose();
    }

    [Fact]
    public async Task Of_two_concurrent_writers_one_wins_and_the_other_gets_a_conflict()
    {
        const int all = 2 * RacingProcess.Rounds;
        var task = await _account.TaskStore().AcceptAsync(Account.TableRequest(), default);
        var racers = new[] { 1, 2 }.Select(number => Start(number, task.Id.ToString())).ToList();
        var lines = new List<string>();
        for (var stage = 0; stage < RacingProcess.Stages; stage++)
        {
            lines.AddRange((await Task.WhenAll(racers.Select(UntilReadyAsync))).SelectMany(said => said));
            foreach (var racer in racers)
            {
                await racer.StandardInput.WriteLineAsync("go");
            }
        }

        lines.AddRange((await Task.WhenAll(racers.Select(EndAsync))).SelectMany(said => said));
        var said = lines.ToLookup(line => line.Split(' ')[0], line => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]);

        // Grain state: every increment counts, and no value was written twice.
        var state = _account.Raw(_account.Prefix + "State").Query<TableEntity>().Single().GetBinary("Data");
        Assert.Equal(all, System.Text.Json.JsonDocument.Parse(state).RootElement.GetProperty("count").GetInt32());
        Assert.Equal(Enumerable.Range(1, all), said["added"].Select(number => int.Parse(number, CultureInfo.InvariantCulture)).Order());

        // Tasks: every confirmed save is part of the later ones.
        var cursor = (await _account.TaskStore().FindAsync(task.Id, default))!.Cursor!;
        Assert.Equal((RacingProcess.Rounds, RacingProcess.Rounds), (cursor.Count(c => c == '1'), cursor.Count(c => c == '2')));

        // The processes did collide.
        Assert.True(said["refused"].Any(), "the processes never collided");
    }

    private Process Start(int number, string task)
    {
        var process = Process.Start(new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
            ArgumentList =
            {
                "exec", typeof(TwoProcessesTests).Assembly.Location,
                _account.ConnectionString, _account.Prefix, number.ToString(CultureInfo.InvariantCulture), task,
            },
        })!;
        _processes.Add(process);
        return process;
    }

    private static async Task<List<string>> UntilReadyAsync(Process process)
    {
        var said = new List<string>();
        while (await process.StandardOutput.ReadLineAsync().WaitAsync(Patience) is var line && line != "ready")
        {
            said.Add(line ?? throw new InvalidOperationException("the process ended early"));
        }

        return said;
    }

    private static async Task<string[]> EndAsync(Process process)
    {
        var said = await process.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        await process.WaitForExitAsync().WaitAsync(Patience);
        Assert.Equal(0, process.ExitCode);
        return said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
