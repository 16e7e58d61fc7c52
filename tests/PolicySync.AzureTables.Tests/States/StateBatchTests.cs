using Azure.Data.Tables;
using Microsoft.Extensions.Time.Testing;
using PolicySync.AzureTables.States;

namespace PolicySync.AzureTables.Tests.States;

/// <summary>When the query of a batch begins, and whom it serves.</summary>
public sealed class StateBatchTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(100);

    private readonly FakeTimeProvider _time = new();
    private readonly List<string[]> _queries = [];
    private readonly List<string> _forgotten = [];

    [Fact]
    public async Task The_query_begins_when_each_grain_has_asked_or_was_settled()
    {
        using var batch = Batch("a", "b", "c");

        var (a, b) = (batch.JoinAsync("a"), batch.JoinAsync("b"));
        Assert.Empty(_queries);
        batch.Settle("c");

        Assert.Equal(["a", "b"], (await a).Keys.Order());
        Assert.Same(await a, await b);
        Assert.Equal(["a", "b"], Assert.Single(_queries));
    }

    [Fact]
    public async Task A_grain_that_asks_after_the_query_began_gets_nothing_of_it()
    {
        using var batch = Batch("a", "b", "late");
        var (a, b) = (batch.JoinAsync("a"), batch.JoinAsync("b"));

        _time.Advance(Limit);

        Assert.Empty(await batch.JoinAsync("late"));
        Assert.Equal(["a", "b"], (await a).Keys.Order());
        Assert.Equal(["a", "b"], (await b).Keys.Order());
        Assert.Single(_queries);
    }

    [Fact]
    public async Task A_grain_that_asks_again_gets_nothing_of_it()
    {
        using var batch = Batch("a", "b");
        var first = batch.JoinAsync("a");

        Assert.Empty(await batch.JoinAsync("a"));
        batch.Settle("b");

        Assert.Empty(await first); // a read of one row is cheaper than a query for one
        Assert.Empty(_queries);
    }

    [Fact]
    public async Task A_query_that_fails_gives_nothing_to_each_grain()
    {
        using var batch = new StateBatch(["a", "b"], _ => throw new InvalidOperationException("away"), (_, _) => { }, _time, Limit);

        var (a, b) = (batch.JoinAsync("a"), batch.JoinAsync("b"));

        Assert.Empty(await a);
        Assert.Empty(await b);
    }

    [Fact]
    public async Task The_end_of_a_batch_serves_who_waits_and_forgets_each_key()
    {
        var batch = Batch("a", "b", "c");
        var (a, b) = (batch.JoinAsync("a"), batch.JoinAsync("b"));

        batch.Dispose();

        Assert.Equal(2, (await a).Count);
        Assert.Equal(2, (await b).Count);
        Assert.Empty(await batch.JoinAsync("c"));
        Assert.Equal(["a", "b", "c"], _forgotten);
    }

    private StateBatch Batch(params string[] keys) => new(keys, ReadAsync, (_, key) => _forgotten.Add(key), _time, Limit);

    private Task<IReadOnlyDictionary<string, TableEntity>> ReadAsync(IReadOnlyCollection<string> keys)
    {
        _queries.Add([.. keys]);
        return Task.FromResult<IReadOnlyDictionary<string, TableEntity>>(keys.ToDictionary(key => key, key => new TableEntity(key, "resource")));
    }
}
