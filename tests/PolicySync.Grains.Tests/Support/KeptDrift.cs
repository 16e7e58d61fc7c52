using System.Collections.Concurrent;
using PolicySync.Core.Drift;
using PolicySync.Core.Tasks;
using PolicySync.Host.Storage;

namespace PolicySync.Grains.Tests.Support;

/// <summary>Recorded differences, outliving silos; counts calls and fails on request.</summary>
internal sealed class KeptDrift : IDriftStore
{
    private readonly MemoryDrift _kept = new();
    private readonly ConcurrentQueue<string> _calls = new();

    /// <summary>Asked before each call with <c>find</c>, <c>set</c> or <c>remove</c>; what it returns is thrown.</summary>
    public Func<string, Exception?>? Trouble { get; set; }

    /// <summary>Asked after a call took effect; what it returns is thrown in place of the answer.</summary>
    public Func<string, Exception?>? LostAnswer { get; set; }

    /// <summary>Waited for before a record is stored.</summary>
    public Func<Task> BeforeSet { get; set; } = () => Task.CompletedTask;

    public IReadOnlyList<string> Calls => [.. _calls];

    /// <summary>The differences of a securable, as <c>DRIFT GRANT ann@corp.com SELECT</c>.</summary>
    public IReadOnlyList<string> Of(string securable) => [.. (RecordOf(securable)?.Entries ?? []).Select(entry => Text(entry.Difference)).Order(StringComparer.Ordinal)];

    public DriftRecord? RecordOf(string securable) => _kept.FindAsync(DriftId.KeyOf(Resources.Parse(securable)), CancellationToken.None).Result;

    /// <summary>Accepts a difference of a securable, as the API does.</summary>
    public void Ignore(string securable, string difference, DateTimeOffset end)
    {
        var record = RecordOf(securable)!;
        var entry = record.Entries.Single(entry => Text(entry.Difference) == difference);
        Assert.True(_kept.SetAsync(record.With(entry with { Accepted = new DriftAcceptance("known", end, "ann", end.AddDays(-1)) }), CancellationToken.None).Result);
    }

    public void ClearCalls() => _calls.Clear();

    public Task<DriftRecord?> FindAsync(string key, CancellationToken cancellation) => CallAsync("find", () => _kept.FindAsync(key, cancellation));

    public Task<bool> SetAsync(DriftRecord record, CancellationToken cancellation) => CallAsync("set", async () =>
    {
        await BeforeSet();
        return await _kept.SetAsync(record, cancellation);
    });

    public Task<bool> RemoveAsync(DriftRecord record, CancellationToken cancellation) => CallAsync("remove", () => _kept.RemoveAsync(record, cancellation));

    public Task<IReadOnlyList<DriftRecord>> ListAsync(string? from, int count, CancellationToken cancellation) => _kept.ListAsync(from, count, cancellation);

    private async Task<T> CallAsync<T>(string what, Func<Task<T>> call)
    {
        _calls.Enqueue(what);
        if (Trouble?.Invoke(what) is { } trouble)
        {
            throw trouble;
        }

        var answer = await call();
        return LostAnswer?.Invoke(what) is { } lost ? throw lost : answer;
    }

    private static string Text(Difference difference) => string.Join(' ', new[]
    {
        Core.WireNames.Of(difference.Kind), difference.Action is { } action ? Core.WireNames.Of(action) : null, difference.Principal, difference.Privilege,
        difference.Column,
    }.OfType<string>());
}
