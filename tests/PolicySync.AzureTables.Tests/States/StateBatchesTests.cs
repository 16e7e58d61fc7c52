using System.Text.Json;
using Orleans.Runtime;
using PolicySync.AzureTables.Tests.GrainState;
using PolicySync.AzureTables.Tests.Harness;

namespace PolicySync.AzureTables.Tests.States;

/// <summary>States of grains that are activated together are what each grain would have read by itself.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class StateBatchesTests(AzuriteFixture azurite) : IAsyncLifetime, IDisposable
{
    private const string State = "resource";
    private readonly Account _account = new(azurite);
    private GrainStorageHarness _storage = null!;

    public async Task InitializeAsync() => _storage = await GrainStorageHarness.StartAsync(_account.ConnectionString, _account.Prefix + "State");

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        _storage.Dispose();
        _account.Dispose();
    }

    [Fact]
    public async Task States_that_are_there_cleared_and_missing_are_read_as_one_by_one_with_one_query_for_those_that_are_there()
    {
        string[] keys = [.. Enumerable.Range(0, 12).Select(n => $"instance1:table:main.s.t_{n:00}~2F-.")];
        foreach (var key in keys[..9])
        {
            await _storage.WriteAsync(Grain(key), key.Length + Array.IndexOf(keys, key), State);
        }

        var cleared = await _storage.ReadAsync(Grain(keys[8]), State);
        await _storage.ClearAsync(Grain(keys[8]), cleared, State);
        var alone = await Task.WhenAll(keys.Select(key => _storage.ReadAsync(Grain(key), State)));
        using var log = new OperationLog(_account.Prefix);

        StockState[] together;
        using (_storage.Batches.Announce(keys))
        {
            together = await Task.WhenAll(keys.Select(key => _storage.ReadAsync(Grain(key), State)));
        }

        Assert.Equal(alone.Select(Text), together.Select(Text));
        Assert.Equal((1, 4), (log.Of("State", "query"), log.Of("State", "read")));
        together[3].State.Count = 1_000;
        await _storage.WriteAsync(Grain(keys[3]), together[3], State);
        Assert.Equal(1_000, (await _storage.ReadAsync(Grain(keys[3]), State)).State.Count);
    }

    [Fact]
    public async Task Rows_of_others_that_lie_between_are_read_up_to_a_bound_and_each_grain_gets_its_own_state()
    {
        string[] all = [.. Enumerable.Range(0, 40).Select(n => $"instance1:table:main.s.t{n:00}")];
        foreach (var key in all)
        {
            await _storage.WriteAsync(Grain(key), Array.IndexOf(all, key), State);
        }

        string[] keys = [all[0], all[1], all[39]];
        using var log = new OperationLog(_account.Prefix);
        using var batch = _storage.Batches.Announce(keys);

        var states = await Task.WhenAll(keys.Select(key => _storage.ReadAsync(Grain(key), State)));

        Assert.Equal([0, 1, 39], states.Select(state => state.State.Count));
        Assert.Equal((1, 1, 6), (log.Of("State", "query"), log.Of("State", "read"), log.Of("State", OperationLog.Rows)));
    }

    [Fact]
    public async Task Batches_of_the_same_grains_serve_all_of_them_and_leave_nothing_announced()
    {
        string[] keys = ["instance1:table:main.s.a", "instance1:table:main.s.b"];
        foreach (var key in keys)
        {
            await _storage.WriteAsync(Grain(key), 7, State);
        }

        using (_storage.Batches.Announce(keys))
        {
            _storage.Batches.Announce(keys).Dispose(); // takes nothing away from the first
            using var log = new OperationLog(_account.Prefix);
            var states = await Task.WhenAll(keys.Select(key => _storage.ReadAsync(Grain(key), State)));
            Assert.Equal([7, 7], states.Select(state => state.State.Count));
            Assert.Equal((1, 0), (log.Of("State", "query"), log.Of("State", "read")));
        }

        using var after = new OperationLog(_account.Prefix);
        await _storage.ReadAsync(Grain(keys[0]), State);
        Assert.Equal((0, 1), (after.Of("State", "query"), after.Of("State", "read")));
    }

    [Fact]
    public async Task States_of_other_grains_and_names_are_not_taken_from_a_batch()
    {
        const string key = "instance1:table:main.s.a";
        await _storage.WriteAsync(GrainId.Create("other", key), 1, State);
        await _storage.WriteAsync(Grain(key), 2, "other");
        await _storage.WriteAsync(Grain(key), 3, State);

        using var batch = _storage.Batches.Announce([key, key + "b"]);

        Assert.Equal(1, (await _storage.ReadAsync(GrainId.Create("other", key), State)).State.Count);
        Assert.Equal(2, (await _storage.ReadAsync(Grain(key), "other")).State.Count);
    }

    private static GrainId Grain(string key) => GrainId.Create("resource", key);

    private static string Text(StockState state) => JsonSerializer.Serialize(new { state.State, state.ETag, state.RecordExists });
}
