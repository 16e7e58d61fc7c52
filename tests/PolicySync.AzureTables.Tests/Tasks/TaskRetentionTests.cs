using Azure.Data.Tables;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using PolicySync.AzureTables.Hosting;
using PolicySync.AzureTables.Tasks;
using PolicySync.AzureTables.Tests.Harness;
using PolicySync.Core.Errors;
using PolicySync.Core.Options;
using PolicySync.Core.Tasks;

namespace PolicySync.AzureTables.Tests.Tasks;

/// <summary>Retention is 10 days and MaxAge 1 day, so the partitions of a day are deleted 11 days after its end.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class TaskRetentionTests(AzuriteFixture azurite) : IDisposable
{
    private static readonly TasksOptions Options = new() { Retention = TimeSpan.FromDays(10), MaxAge = TimeSpan.FromDays(1) };

    private readonly Account _account = new(azurite);
    private readonly FakeTimeProvider _time = new(DateTimeOffset.Parse("2026-11-01T12:00:00Z"));

    public void Dispose() => _account.Dispose();

    [Fact]
    public async Task Old_tasks_are_deleted_with_their_results_and_younger_ones_are_kept()
    {
        var old = await EndedAsync(results: 150);
        _time.Advance(TimeSpan.FromDays(1));
        var young = await EndedAsync(results: 2);
        _time.SetUtcNow(DateTimeOffset.Parse("2026-11-12T23:59:59Z"));
        Assert.False(await Sweeper().SweepAsync(default));
        Assert.Equal((6, 152), Counts()); // the day is not over for the one that might have ended last

        _time.SetUtcNow(DateTimeOffset.Parse("2026-11-13T00:00:00Z"));
        Assert.False(await Sweeper().SweepAsync(default));

        Assert.Equal((3, 2), Counts());
        Assert.Null(await Store().FindAsync(old, default));
        Assert.Empty((await Store().ReadResultsAsync(old, ResultFilter.All, 10, null, default)).Resources);
        Assert.Equal(2, (await Store().ReadResultsAsync(young, ResultFilter.All, 10, null, default)).Resources.Count);
    }

    [Fact]
    public async Task Results_of_tasks_that_are_open_or_ended_late_are_kept()
    {
        var open = await AcceptAsync(results: 3);
        var late = await AcceptAsync(results: 4);
        await EndedAsync(results: 5);
        _time.Advance(TimeSpan.FromDays(60));
        await FinishAsync(late);

        Assert.False(await Sweeper().SweepAsync(default));
        Assert.Equal((3, 7), Counts());
        Assert.NotNull(await Store().FindAsync(late.Id, default));
        Assert.Equal(3, (await Store().ReadResultsAsync(open.Id, ResultFilter.All, 10, null, default)).Resources.Count);
    }

    [Fact]
    public async Task A_sweep_without_old_tasks_does_not_read_open_tasks()
    {
        await AcceptAsync(results: 1);
        await EndedAsync(results: 1);
        using var calls = new OperationLog(_account.Prefix);

        Assert.False(await Sweeper().SweepAsync(default));

        Assert.Equal(0, calls.Of("OpenTasks", "query"));
        Assert.True(calls.Of("TaskResults", "query") > 0, calls.ToString());
    }

    [Fact]
    public async Task A_sweep_deletes_no_more_than_its_limit_and_reports_that_there_is_more()
    {
        await EndedAsync(results: 250);
        _time.Advance(TimeSpan.FromDays(60));

        var sweeper = Sweeper(maxRows: 100);
        Assert.True(await sweeper.SweepAsync(default));
        Assert.Equal((0, 153), Counts()); // 3 rows of the task, 97 of its results
        Assert.True(await sweeper.SweepAsync(default));
        Assert.False(await sweeper.SweepAsync(default));
        Assert.Equal((0, 0), Counts());
    }

    [Fact]
    public async Task A_sweep_takes_few_transactions_and_does_not_read_younger_rows()
    {
        await EndedAsync(results: 300);
        _time.Advance(TimeSpan.FromDays(60));
        await EndedAsync(results: 300);
        await Sweeper().SweepAsync(default);
        await EndedAsync(results: 1);
        using var log = new OperationLog(_account.Prefix);
        await Sweeper().SweepAsync(default);

        Assert.Equal((0, 0), (log.Of("FinishedTasks", "transaction"), log.Of("TaskResults", "transaction")));
        Assert.Equal((1, 1), (log.Of("FinishedTasks", "query"), log.Of("TaskResults", "query")));
    }

    [Fact]
    public async Task Two_silos_may_sweep_at_the_same_time()
    {
        for (var n = 0; n < 5; n++)
        {
            await EndedAsync(results: 120);
        }

        _time.Advance(TimeSpan.FromDays(60));
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Sweeper().SweepAsync(default)));
        await Sweeper().SweepAsync(default);
        Assert.Equal((0, 0), Counts());
    }

    [Fact]
    public async Task A_silo_sweeps_periodically_until_nothing_is_left_and_continues_after_a_storage_failure()
    {
        await EndedAsync(results: 250);
        _time.Advance(TimeSpan.FromDays(60));
        var failed = false;
        using var proxy = TcpProxy.ToHttp(azurite.TablePort, line =>
        {
            var now = !failed && line.StartsWith("GET", StringComparison.Ordinal);
            failed |= now;
            return now;
        });
        var options = _account.Options();
        options.ConnectionString = proxy.ConnectionStringLike(_account.ConnectionString);
        options.MaxRetries = 0;
        using var service = new TaskRetentionService(
            new TaskRetention(_account.Storage(options), Wrap(Options), _time, maxRows: 100), _time, new Random(1), NullLogger<TaskRetentionService>.Instance);
        await service.StartAsync(default);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (Counts() != (0, 0))
        {
            _time.Advance(TaskRetentionService.Period);
            await Task.Delay(20, limit.Token);
        }

        await service.StopAsync(default);
        Assert.True(failed);
    }

    private async Task<TaskId> EndedAsync(int results)
    {
        var task = await AcceptAsync(results);
        await FinishAsync(task);
        return task.Id;
    }

    private async Task<SyncTask> AcceptAsync(int results)
    {
        var task = await Store().AcceptAsync(Account.TableRequest(), default);
        await Store().SaveResultsAsync(
            task.Id, 0, [.. Enumerable.Range(0, results).Select(n => ResourceResult.Skip("table", $"main.s.t{n}", SyncErrorCode.NotManaged, "no"))], default);
        return task;
    }

    private Task FinishAsync(SyncTask task) => Store().FinishAsync(
        task with { Status = SyncTaskStatus.Success, Outcome = SyncTaskOutcome.Succeeded, EndTime = _time.GetUtcNow() }, default);

    private AzureTableTaskStore Store() => _account.TaskStore(_time, retention: Options.Retention);

    private TaskRetention Sweeper(int maxRows = TaskRetention.DefaultMaxRows) => new(_account.Storage(), Wrap(Options), _time, maxRows);

    private (int Finished, int Results) Counts() => (Count(_account.RawFinished), Count(_account.RawResults));

    private static int Count(TableClient table) => table.Query<TableEntity>(select: ["RowKey"]).Count();

    private static Microsoft.Extensions.Options.IOptions<TasksOptions> Wrap(TasksOptions options) =>
        Microsoft.Extensions.Options.Options.Create(options);
}
