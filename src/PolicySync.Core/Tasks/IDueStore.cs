using PolicySync.Core.Errors;
using PolicySync.Core.Securables;

namespace PolicySync.Core.Tasks;

/// <summary>A securable that is scheduled for a sync of its own.</summary>
/// <param name="Securable">Which.</param>
/// <param name="Due">When, to the second; UTC.</param>
/// <param name="Attempt">How many tasks of its own failed before, from 0.</param>
public sealed record DueSecurable(Securable Securable, DateTimeOffset Due, int Attempt)
{
    /// <summary>Due at the first whole second that is not before <paramref name="time"/>.</summary>
    public static DueSecurable At(Securable securable, DateTimeOffset time, int attempt = 0) =>
        new(securable, new DateTimeOffset((time.UtcTicks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero), attempt);
}

/// <summary>
/// Remembers durably which securables are to be synced by themselves, and when: at the start or end of a schedule that
/// concerns them. Each method may throw <see cref="SyncException"/> with <see cref="SyncErrorCode.Unavailable"/> when the
/// storage does not answer.
/// </summary>
public interface IDueStore
{
    /// <summary>Remembers them. One that is remembered for the same time already stays as it is.</summary>
    Task AddAsync(IReadOnlyList<DueSecurable> due, CancellationToken cancellation);

    /// <summary>
    /// Those that are due at <paramref name="now"/>, without reading others: by the minute, and within a minute containers
    /// before what they contain.
    /// </summary>
    IAsyncEnumerable<DueSecurable> ReadAsync(DateTimeOffset now, CancellationToken cancellation);

    /// <summary>Forgets them, each for its time only. One that is not remembered is no fault.</summary>
    Task RemoveAsync(IReadOnlyList<DueSecurable> due, CancellationToken cancellation);
}
