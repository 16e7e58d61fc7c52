using PolicySync.Core.Timing;

namespace PolicySync.Grains.Resources;

/// <summary>
/// How often a caller has lost its run, and how long it waits before it joins again. One loss is a silo that leaves, and
/// its successor is there at once; a series of them is a fault that asking faster does not cure.
/// </summary>
internal sealed class Losses(TimeProvider time)
{
    private static readonly Backoff Waits = new(TimeSpan.FromMilliseconds(25), TimeSpan.FromSeconds(5));

    /// <summary>A loss that comes so long after the last one begins a new series: the run was well in between.</summary>
    private static readonly TimeSpan SeriesEnds = TimeSpan.FromMinutes(1);

    private int _inSeries;
    private long _first;
    private long? _last;

    /// <summary>From the first loss of the series to the last.</summary>
    public TimeSpan LastedFor => _last is { } last ? time.GetElapsedTime(_first, last) : TimeSpan.Zero;

    /// <summary>Notes a loss; how long to wait after it: twice as long each time.</summary>
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
