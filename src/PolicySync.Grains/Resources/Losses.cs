using PolicySync.Core.Timing;

namespace PolicySync.Grains.Resources;

/// <summary>
/// Counts how often a caller lost its run, and says how long to wait before joining again. A single loss is a silo that
/// leaves, and its successor takes over at once; a series of losses is a fault that faster calls do not cure.
/// </summary>
internal sealed class Losses(TimeProvider time)
{
    private static readonly Backoff Waits = new(TimeSpan.FromMilliseconds(25), TimeSpan.FromSeconds(5));

    /// <summary>A loss that comes so long after the previous one begins a new series.</summary>
    private static readonly TimeSpan SeriesEnds = TimeSpan.FromMinutes(1);

    private int _inSeries;
    private long _first;
    private long? _last;

    /// <summary>Time from the first to the last loss of the series.</summary>
    public TimeSpan LastedFor => _last is { } last ? time.GetElapsedTime(_first, last) : TimeSpan.Zero;

    /// <summary>Records a loss and returns how long to wait, twice as long each time.</summary>
    public TimeSpan Next()
    {
        var now = time.GetTimestamp();
        if (_last is not { } last || time.GetElapsedTime(last, now) > SeriesEnds)
        {
            (_first, _inSeries) = (now, 0);
        }
        else
        {
            _inSeries++;
        }

        _last = now;
        return Waits.After(_inSeries);
    }
}
