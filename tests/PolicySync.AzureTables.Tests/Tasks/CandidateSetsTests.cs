using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using PolicySync.AzureTables.Tasks;
using PolicySync.AzureTables.Tests.Harness;
using PolicySync.Core.Options;

namespace PolicySync.AzureTables.Tests.Tasks;

[Collection(AzuriteCollection.Name)]
public sealed class CandidateSetsTests(AzuriteFixture azurite) : IDisposable
{
    private readonly Account _account = new(azurite);
    private readonly FakeTimeProvider _time = new(DateTimeOffset.Parse("2026-11-01T12:00:00Z"));

    public void Dispose() => _account.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(600 * 1024)]
    [InlineData(2_000_000)]
    public async Task A_set_of_any_size_is_read_as_it_was_stored_also_when_it_is_stored_twice(int size)
    {
        var packed = new byte[size];
        new Random(1).NextBytes(packed);
        var sets = new AzureTableCandidateSets(_account.Storage(), _time);

        await sets.PutAsync("ab", packed, default);
        await sets.PutAsync("ab", packed, default);

        Assert.Equal(packed, await sets.FindAsync("ab", default));
        Assert.Null(await sets.FindAsync("cd", default));
    }

    [Fact]
    public async Task A_set_is_deleted_when_no_plan_that_uses_it_is_kept()
    {
        var options = new TasksOptions { Retention = TimeSpan.FromDays(10), MaxAge = TimeSpan.FromDays(1) };
        var storage = _account.Storage(time: _time);
        var sets = new AzureTableCandidateSets(storage, _time);
        var sweeper = new TaskRetention(storage, Options.Create(options), _time);
        await sets.PutAsync("old", [1], default);
        await sets.PutAsync("again", [2], default);
        _time.Advance(TimeSpan.FromDays(11));
        await sets.PutAsync("again", [2], default);
        await sweeper.SweepAsync(default);
        Assert.NotNull(await sets.FindAsync("old", default));

        _time.Advance(TimeSpan.FromSeconds(1));
        await sweeper.SweepAsync(default);

        Assert.Null(await sets.FindAsync("old", default));
        Assert.Equal([2], (await sets.FindAsync("again", default))!);
    }
}
