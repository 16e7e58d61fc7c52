namespace PolicySync.Grains.Workspaces;

/// <summary>
/// Adapts the request rate to what the workspace takes (HTTP 429 is a refusal). A refusal lowers it: back to the last rate that was not
/// refused where one is known; otherwise by a tenth, and to a half when more refusals follow at once. Then the rate rises between what was
/// not refused and what was, in ever smaller steps. Where the two meet it stays for a while, and then tries slowly whether the workspace
/// takes more by now. Not safe for concurrent use.
/// </summary>
/// <remarks>
/// Steps are measured in calls, not in seconds: an attempt that is refused costs a call or two, so that the share of refused calls does not
/// depend on the rate. The figures were chosen by simulating workspaces with token buckets and with windows of a second, at 10 to 200
/// requests per second (docs/benchmarks.md).
/// </remarks>
internal sealed class AdaptiveLimit
{
    /// <summary>The factor for a refusal without a known rate.</summary>
    public const double FirstCut = 0.9;

    /// <summary>The factor, of the rate before, when more refusals follow within <see cref="Quiet"/>.</summary>
    public const double SecondCut = 0.5;

    /// <summary>The lowest limit, as a part of the configured rate: accidental refusals must not stop the work.</summary>
    public const double Least = 0.05;

    /// <summary>Refusals after the first cut that make the second.</summary>
    private const int MoreRefusals = 2;

    /// <summary>The part of a known rate to go back to: it was not refused for a while only.</summary>
    private const double BackOff = 0.99;

    /// <summary>The part of the distance to the refused rate that a step takes.</summary>
    private const double Approach = 0.2;

    /// <summary>The distance to the refused rate, as a part of the rate, at which it is not approached further.</summary>
    private const double Close = 0.04;

    /// <summary>Calls before the first step after a cut, before each other step, close to the refused rate, and before each slow step beyond.</summary>
    private const int CallsAfterCut = 40, CallsOfStep = 25, CallsWhenClose = 400, CallsOfAttempt = 100;

    /// <summary>The slow steps beyond, as a part of the rate: the first few, and the largest, to which they double.</summary>
    private const double SmallestAttempt = 0.005, LargestAttempt = 0.16;
    private const int SmallAttempts = 3;

    /// <summary>
    /// Refusals within this time of a cut do not count against it: they answer calls that were sent before, by processes that have not
    /// renewed their leases yet.
    /// </summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(700);

    private static readonly TimeSpan ShortestStep = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestStay = TimeSpan.FromSeconds(10);

    private readonly double _configured;
    private readonly TimeProvider _time;
    private double _limit;

    // Rates that were not refused and that were; null when not known.
    private double? _taken;
    private double? _refused;

    // Steps since the last cut or stay, and when the last one began.
    private int _steps;
    private long _since;
    private long? _cutAt;

    // The rate before a first cut that may become a second one.
    private (double Before, int Refusals)? _first;

    /// <summary>Begins with the configured rate.</summary>
    /// <param name="configured">Requests per second.</param>
    /// <param name="time">The clock.</param>
    public AdaptiveLimit(double configured, TimeProvider time)
    {
        (_configured, _time, _limit) = (configured, time, configured);
        _since = _time.GetTimestamp();
    }

    /// <summary>The limit in requests per second, after <paramref name="refusals"/> more.</summary>
    public double After(int refusals)
    {
        var now = _time.GetTimestamp();
        var isQuiet = _cutAt is { } cut && _time.GetElapsedTime(cut, now) < Quiet;
        if (refusals == 0)
        {
            Raise(now);
        }
        else if (!isQuiet)
        {
            Refuse(now);
        }
        else if (_first is { } first)
        {
            _first = first with { Refusals = first.Refusals + refusals };
            if (_first.Value.Refusals >= MoreRefusals)
            {
                _first = null;
                Cut(first.Before * SecondCut, now);
            }
        }

        return _limit;
    }

    private void Refuse(long now)
    {
        _refused = _limit;
        if (_taken is { } taken && taken < _limit)
        {
            _first = null;
            Cut(taken * BackOff, now);
            _taken = _limit; // if this is refused too, the workspace takes less than it did
            return;
        }

        (_first, _taken) = ((_limit, 0), null);
        Cut(_limit * FirstCut, now);
    }

    private void Cut(double limit, long now)
    {
        _limit = Math.Max(_configured * Least, limit);
        (_since, _cutAt, _steps) = (now, now, 0);
    }

    private void Raise(long now)
    {
        while (_limit < _configured)
        {
            var (length, next) = NextStep();
            if (_time.GetElapsedTime(_since, now) < length)
            {
                return;
            }

            _taken = _limit;
            _since += (long)(length.TotalSeconds * _time.TimestampFrequency);
            if (next is { } higher)
            {
                (_limit, _steps) = (Math.Min(_configured, higher), _steps + 1);
            }
            else
            {
                (_refused, _steps) = (null, 0);
            }
        }

        _since = now;
    }

    // How long the present rate lasts, and the next one; null to forget the refused rate.
    private (TimeSpan Length, double? Next) NextStep()
    {
        if (_refused is not { } refused)
        {
            var part = Math.Min(LargestAttempt, SmallestAttempt * Math.Pow(2, Math.Max(0, _steps - SmallAttempts)));
            return (TimeOf(CallsOfAttempt, ShortestStep), _limit * (1 + part));
        }

        return refused - _limit > Close * _limit
            ? (TimeOf(_steps == 0 ? CallsAfterCut : CallsOfStep, ShortestStep), _limit + ((refused - _limit) * Approach))
            : (TimeOf(CallsWhenClose, ShortestStay), null);
    }

    private TimeSpan TimeOf(int calls, TimeSpan least) =>
        TimeSpan.FromSeconds(calls / _limit) is var time && time > least ? time : least;
}
