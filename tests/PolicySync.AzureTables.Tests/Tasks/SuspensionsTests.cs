using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using PolicySync.AzureTables.Suspensions;
using PolicySync.AzureTables.Tasks;
using PolicySync.AzureTables.Tests.Harness;
using PolicySync.Core.Options;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Suspensions;

namespace PolicySync.AzureTables.Tests.Tasks;

[Collection(AzuriteCollection.Name)]
public sealed class SuspensionsTests(AzuriteFixture azurite) : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    private readonly Account _account = new(azurite);

    public void Dispose() => _account.Dispose();

    [Fact]
    public async Task What_one_process_sets_another_reads_replaces_and_deletes()
    {
        Suspension first = Of("main.s?les/#", "an audit", "ann"), second = Of("a", "x", subject: null);
        await Suspensions().SetAsync(first, default);
        await Suspensions().SetAsync(second, default);
        Assert.Equal(["a x ", "main.s?les/# an audit ann"], await ReadAsync());

        await Suspensions().SetAsync(Of("MAIN.s?les/#", "another", "bob"), default);
        Assert.Equal(["a x ", "main.s?les/# another bob"], await ReadAsync());

        Assert.True(await Suspensions().RemoveAsync(NamePattern.Parse("Main.S?LES/#"), default));
        Assert.False(await Suspensions().RemoveAsync(first.Pattern, default));
        Assert.Equal(["a x "], await ReadAsync());
    }

    [Fact]
    public async Task A_sweep_deletes_those_that_ended_a_day_ago()
    {
        var time = new FakeTimeProvider(Now);
        await Suspensions().SetAsync(Of("old", "x", null), default);
        await Suspensions().SetAsync(Of("young", "x", null) with { EndTime = Now.AddHours(2) }, default);
        var sweeper = new TaskRetention(_account.Storage(time: time), new OptionsWrapper<TasksOptions>(new()), time);

        time.Advance(TimeSpan.FromHours(25));
        await sweeper.SweepAsync(default);
        Assert.Equal(["old x ", "young x "], await ReadAsync()); // the first ended 24 hours ago
        time.Advance(TimeSpan.FromSeconds(1));
        await sweeper.SweepAsync(default);

        Assert.Equal(["young x "], await ReadAsync());
    }

    private AzureTableSuspensions Suspensions() => new(_account.Storage());

    private async Task<IEnumerable<string>> ReadAsync() =>
        (await Suspensions().ReadAsync(default)).Select(one => $"{one.Pattern.Key} {one.Reason} {one.CreatedBy}");

    private static Suspension Of(string pattern, string reason, string? subject) => new(NamePattern.Parse(pattern), reason, Now.AddHours(1), subject, Now);
}
