using Azure.Data.Tables;
using Microsoft.Extensions.Time.Testing;
using PolicySync.AzureTables.Tests.Harness;
using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;

namespace PolicySync.AzureTables.Tests.Tasks;

/// <summary>Accepting many tasks at once, and inserts whose key is taken.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class TaskAcceptTests(AzuriteFixture azurite) : IDisposable
{
    private static readonly DateTimeOffset Noon = DateTimeOffset.Parse("2026-11-23T12:00:00Z");

    private readonly Account _account = new(azurite);

    public void Dispose() => _account.Dispose();

    [Fact]
    public async Task Tasks_accepted_at_the_same_time_share_transactions()
    {
        var store = _account.TaskStore();
        await store.AcceptAsync(Account.TableRequest(), default);
        using var log = new OperationLog(_account.Prefix);
        var tasks = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => store.AcceptAsync(Account.TableRequest(), default)));

        Assert.Equal(500, tasks.Select(task => task.Id).Distinct().Count());
        Assert.InRange(log.Of("OpenTasks", "transaction") + log.Of("OpenTasks", "insert"), 5, 25);
        Assert.Equal(501, await CountAsync());
    }

    [Fact]
    public async Task A_single_task_is_written_at_once()
    {
        var store = _account.TaskStore();
        using var log = new OperationLog(_account.Prefix);
        await store.AcceptAsync(Account.TableRequest(), default);

        Assert.Equal("OpenTasks.create=1, OpenTasks.insert=1", log.ToString());
    }

    [Fact]
    public async Task Ids_grow_with_time()
    {
        var clock = new FakeTimeProvider(Noon);
        var store = _account.TaskStore(clock);
        var first = await store.AcceptAsync(Account.TableRequest(), default);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        var second = await store.AcceptAsync(Account.TableRequest(), default);

        Assert.True(second.Id.CompareTo(first.Id) > 0);
    }

    [Fact]
    public async Task Two_processes_that_generate_the_same_ids_never_share_one()
    {
        // The same seed and a stopped clock: both start with the same lane, millisecond and sequence.
        var stores = Enumerable.Range(0, 2).Select(_ => _account.TaskStore(new FakeTimeProvider(Noon), seed: 1)).ToList();
        var tasks = await Task.WhenAll(
            Enumerable.Range(0, 300).Select(n => stores[n % 2].AcceptAsync(Account.TableRequest($"t{n}"), default)));

        Assert.Equal(300, tasks.Select(task => task.Id).Distinct().Count());
        Assert.Equal(300, await CountAsync());
        Assert.All(tasks.Zip(await Task.WhenAll(tasks.Select(task => stores[0].FindAsync(task.Id, default)))), pair =>
            Assert.Equal(pair.First.Request.Resources[0].Values["table"], pair.Second!.Request.Resources[0].Values["table"]));
    }

    [Fact]
    public async Task A_task_whose_id_is_taken_gets_another_id_and_the_others_of_its_transaction_keep_theirs()
    {
        var ids = new TaskIdSource(new FakeTimeProvider(Noon), new Random(1));
        var lane = await LaneOfFirstLotAsync(seed: 1);
        await _account.RawOpen.CreateIfNotExistsAsync();
        var taken = Enumerable.Range(0, 64).Select(_ => ids.Next(lane)).Where((_, n) => n % 10 == 5).ToList();
        foreach (var id in taken)
        {
            await _account.RawOpen.AddEntityAsync(new TableEntity($"{lane:D2}", $"{id.Value:D19}") { ["Nonce"] = "foreign" });
        }

        var store = _account.TaskStore(new FakeTimeProvider(Noon), seed: 1);
        var tasks = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => store.AcceptAsync(Account.TableRequest(), default)));

        Assert.Empty(tasks.Select(task => task.Id).Intersect(taken));
        Assert.Equal(200 + taken.Count, await CountAsync());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(150)]
    public async Task An_insert_whose_answer_was_lost_is_recognized_by_its_nonce_and_not_repeated(int count)
    {
        var losses = 2;
        using var proxy = TcpProxy.ToHttp(
            azurite.TablePort, line => line.StartsWith("POST", StringComparison.Ordinal) && !line.Contains("/Tables", StringComparison.Ordinal)
                && Interlocked.Decrement(ref losses) >= 0);
        var options = _account.Options();
        options.ConnectionString = proxy.ConnectionStringLike(_account.ConnectionString);
        var store = _account.TaskStore(options: options);
        var tasks = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => store.AcceptAsync(Account.TableRequest(), default)));

        Assert.True(losses <= 0);
        Assert.Equal(count, tasks.Select(task => task.Id).Distinct().Count());
        Assert.Equal(count, await CountAsync());
    }

    [Fact]
    public async Task Large_requests_are_split_over_several_transactions()
    {
        var store = _account.TaskStore();
        var tasks = await Task.WhenAll(Enumerable.Range(0, 20).Select(
            n => store.AcceptAsync(Account.TableRequest(Noise(n % 4 == 0 ? 1_000_000 : 400_000)), default)));

        Assert.Equal(20, tasks.Select(task => task.Id).Distinct().Count());
        Assert.Equal(20, await CountAsync());
    }

    [Fact]
    public async Task A_task_is_refused_at_once_when_the_queue_is_full()
    {
        using var stalled = new StalledServer();
        var options = _account.Options();
        options.ConnectionString = stalled.ConnectionString;
        var store = _account.TaskStore(options: options);
        var noise = Noise(900_000);
        using var stop = new CancellationTokenSource();
        var waiting = Enumerable.Range(0, 120).Select(_ => store.AcceptAsync(Account.TableRequest(noise), stop.Token)).ToList();

        var fault = await Assert.ThrowsAsync<SyncException>(() => waiting[^1].WaitAsync(TimeSpan.FromSeconds(5)));
        Assert.Equal(SyncErrorCode.Unavailable, fault.Code);
        Assert.NotNull(fault.RetryAfter);

        await stop.CancelAsync();
        await Task.WhenAll(waiting).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    /// <summary>Text that hardly compresses.</summary>
    private static string Noise(int length)
    {
        var random = new Random(7);
        return string.Create(length, random, static (text, chance) =>
        {
            foreach (ref var one in text)
            {
                one = (char)chance.Next('#', '[');
            }
        });
    }

    /// <summary>The lane that a store with this seed fills first, found with a store on separate tables.</summary>
    private async Task<int> LaneOfFirstLotAsync(int seed)
    {
        using var other = new Account(azurite);
        return (await other.TaskStore(new FakeTimeProvider(Noon), seed).AcceptAsync(Account.TableRequest(), default)).Id.Lane;
    }

    private async Task<int> CountAsync()
    {
        var count = 0;
        await foreach (var _ in _account.RawOpen.QueryAsync<TableEntity>(select: ["RowKey"]))
        {
            count++;
        }

        return count;
    }
}
