using Orleans.Runtime;
using Orleans.Storage;
using PolicySync.AzureTables.Tests.Harness;
using PolicySync.Testing;

namespace PolicySync.AzureTables.Tests.GrainState;

/// <summary>The behaviours that Orleans asks of any grain storage, with clearing as an empty row.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class GrainStorageThatEmptiesRows(AzuriteFixture azurite) : GrainStorageBehaviourTests(azurite, deleteOnClear: false);

/// <summary>The same behaviours, with clearing as removal of the row.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class GrainStorageThatDeletesRows(AzuriteFixture azurite) : GrainStorageBehaviourTests(azurite, deleteOnClear: true);

public abstract class GrainStorageBehaviourTests(AzuriteFixture azurite, bool deleteOnClear) : IDisposable
{
    private readonly GrainStorageHarness _storage = new(azurite, deleteOnClear);

    public void Dispose()
    {
        _storage.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public Task A_state_under_a_cyrillic_key_is_read_back() => RoundTripAsync(GrainId.Create("stock", "склад-№7-болты"));

    [Fact]
    public Task A_state_under_a_text_key_is_read_back() => RoundTripAsync(GrainId.Create("stock", "main.sales.orders"));

    [Fact]
    public Task A_state_under_a_number_key_is_read_back() =>
        RoundTripAsync(GrainId.Create(GrainType.Create("stock"), GrainIdKeyExtensions.CreateIntegerKey(574057046565109672)));

    [Fact]
    public async Task A_state_never_written_does_not_exist()
    {
        var state = await _storage.ReadAsync(GrainStorageHarness.Grain());

        Assert.False(state.RecordExists);
        Assert.Null(state.ETag);
    }

    [Fact]
    public async Task A_state_never_written_is_read_as_a_new_one_and_not_as_null()
    {
        var state = await _storage.ReadAsync(GrainStorageHarness.Grain());

        Assert.Equal("", state.State.Name);
    }

    [Fact]
    public async Task A_cleared_state_can_be_written_again()
    {
        var grain = GrainStorageHarness.Grain();
        var state = await _storage.WriteAsync(grain, 1);
        await _storage.ClearAsync(grain, state);
        state.State.Count = 2;
        await _storage.WriteAsync(grain, state);

        Assert.Equal(2, (await _storage.ReadAsync(grain)).State.Count);
    }

    [Fact]
    public async Task A_cleared_state_does_not_exist()
    {
        var grain = GrainStorageHarness.Grain();
        await _storage.ClearAsync(grain, await _storage.WriteAsync(grain, 1));

        var state = await _storage.ReadAsync(grain);
        Assert.False(state.RecordExists);
        Assert.Equal(0, state.State.Count);
    }

    [Fact]
    public async Task A_state_read_by_another_activation_can_be_cleared_by_it()
    {
        var grain = GrainStorageHarness.Grain();
        await _storage.WriteAsync(grain, 1);
        await _storage.ClearAsync(grain, await _storage.ReadAsync(grain));

        Assert.False((await _storage.ReadAsync(grain)).RecordExists);
    }

    [Fact]
    public async Task A_state_never_written_can_be_cleared()
    {
        var grain = GrainStorageHarness.Grain();
        await _storage.ClearAsync(grain, await _storage.ReadAsync(grain));

        Assert.False((await _storage.ReadAsync(grain)).RecordExists);
    }

    [Fact]
    public async Task Clearing_leaves_a_new_state_in_hand_and_not_null()
    {
        var grain = GrainStorageHarness.Grain();
        var state = await _storage.WriteAsync(grain, 1);
        await _storage.ClearAsync(grain, state);

        Assert.False(state.RecordExists);
        Assert.Equal(0, state.State.Count);
    }

    [Fact]
    public async Task Clearing_changes_the_ETag()
    {
        var grain = GrainStorageHarness.Grain();
        var state = await _storage.WriteAsync(grain, 1);
        var written = state.ETag;
        await _storage.ClearAsync(grain, state);

        Assert.NotEqual(written, state.ETag);
        Assert.Equal(deleteOnClear, state.ETag is null);
    }

    [Fact]
    public async Task Reading_after_clearing_gives_the_ETag_that_the_next_write_needs()
    {
        var grain = GrainStorageHarness.Grain();
        var cleared = await _storage.WriteAsync(grain, 1);
        await _storage.ClearAsync(grain, cleared);

        var state = await _storage.ReadAsync(grain);
        Assert.Equal(cleared.ETag, state.ETag);
        await _storage.WriteAsync(grain, state);
    }

    [Fact]
    public async Task Clearing_again_and_again_changes_nothing_more()
    {
        var grain = GrainStorageHarness.Grain();
        var state = await _storage.WriteAsync(grain, 1);
        for (var n = 0; n < 3; n++)
        {
            await _storage.ClearAsync(grain, state);
        }

        Assert.False((await _storage.ReadAsync(grain)).RecordExists);
    }

    [Fact]
    public async Task Of_two_first_writes_the_second_is_refused()
    {
        var grain = GrainStorageHarness.Grain();
        var late = await _storage.ReadAsync(grain);
        await _storage.WriteAsync(grain, 1);

        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => _storage.WriteAsync(grain, late));
        Assert.Equal(1, (await _storage.ReadAsync(grain)).State.Count);
    }

    [Fact]
    public async Task A_write_over_a_newer_state_is_refused()
    {
        var grain = GrainStorageHarness.Grain();
        await _storage.WriteAsync(grain, 1);
        var stale = await _storage.ReadAsync(grain);
        await _storage.WriteAsync(grain, 2);
        stale.State.Count = 3;

        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => _storage.WriteAsync(grain, stale));
        Assert.Equal(2, (await _storage.ReadAsync(grain)).State.Count);
    }

    [Fact]
    public async Task Clearing_a_newer_state_is_refused_and_loses_nothing()
    {
        var grain = GrainStorageHarness.Grain();
        await _storage.WriteAsync(grain, 1);
        var stale = await _storage.ReadAsync(grain);
        await _storage.WriteAsync(grain, 2);

        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => _storage.ClearAsync(grain, stale));
        Assert.Equal(1, stale.State.Count);
        Assert.Equal(2, (await _storage.ReadAsync(grain)).State.Count);
    }

    [Fact]
    public async Task Each_write_changes_the_ETag()
    {
        var grain = GrainStorageHarness.Grain();
        var state = await _storage.WriteAsync(grain, 1);
        var first = state.ETag;
        state.State.Count = 2;
        await _storage.WriteAsync(grain, state);

        Assert.NotEqual(first, state.ETag);
        Assert.Equal(state.ETag, (await _storage.ReadAsync(grain)).ETag);
    }

    [Fact]
    public async Task A_write_of_equal_values_changes_the_ETag_too()
    {
        var grain = GrainStorageHarness.Grain();
        var state = await _storage.WriteAsync(grain, 1);
        var first = state.ETag;
        await _storage.WriteAsync(grain, state);

        Assert.NotEqual(first, state.ETag);
    }

    [Fact]
    public async Task States_of_one_grain_are_independent()
    {
        var grain = GrainStorageHarness.Grain();
        await _storage.WriteAsync(grain, 1, "in");
        await _storage.WriteAsync(grain, 2, "out");
        await _storage.Storage.ClearStateAsync("in", grain, await _storage.ReadAsync(grain, "in"));

        Assert.False((await _storage.ReadAsync(grain, "in")).RecordExists);
        Assert.Equal(2, (await _storage.ReadAsync(grain, "out")).State.Count);
    }

    [Fact]
    public async Task Many_grains_write_and_read_at_once()
    {
        var grains = Enumerable.Range(0, 100).Select(_ => GrainStorageHarness.Grain()).ToList();
        await Task.WhenAll(grains.Select((grain, n) => _storage.WriteAsync(grain, n)));
        var states = await Task.WhenAll(grains.Select(grain => _storage.ReadAsync(grain)));

        Assert.Equal(Enumerable.Range(0, 100), states.Select(state => state.State.Count));
    }

    private async Task RoundTripAsync(GrainId grain)
    {
        var written = await _storage.WriteAsync(grain, 7);
        Assert.True(written.RecordExists);

        var read = await _storage.ReadAsync(grain);
        Assert.True(read.RecordExists);
        Assert.Equal(written.ETag, read.ETag);
        Assert.Equal(("bolt", 7, "new"), (read.State.Name, read.State.Count, read.State.Tags.Single()));
    }
}
