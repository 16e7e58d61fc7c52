namespace PolicySync.Grains.Workspaces;

/// <summary>
/// Adapts the request rate to the workspace: it falls after refusals (HTTP 429) and rises again while there are none (additive
/// increase, multiplicative decrease). Not safe for concurrent use.
/// </summary>
internal sealed class AdaptiveLimit
{
    /// <summary>The factor by which a refusal lowers the limit.</summary>
    public const double Decrease = 0.85;

    /// <summary>The increase per second, as a part of the configured rate.</summary>
    public const double IncreasePerSecond = 0.02;

    /// <summary>The lowest limit, as a part of the configured rate: accidental refusals must not stop the work.</summary>
    public const double Least = 0.05;

    /// <summary>
    /// Refusals within this time of a decrease do not lower the limit again: they answer calls that were sent before it.
    /// </summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    private readonly double _configured;
    private readonly TimeProvider _time;
    private double _limit;
    private long _changedAt;
    private long? _refusedAt;

    public AdaptiveLimit(double configured, TimeProvider time)
    {
        (_configured, _time) = (configured, time);
        _limit = configured;
        _changedAt = _time.GetTimestamp();
    }

    /// <summary>The limit in requests per second, after <paramref name="refusals"/> more.</summary>
    public double After(int refusals)
    {
        var now = _time.GetTimestamp();
        if (refusals > 0)
        {
            if (_refusedAt is null || _time.GetElapsedTime(_refusedAt.Value, now) >= Quiet)
            {
                _limit = Math.Max(_configured * Least, _limit * Decrease);
                _refusedAt = now;
            }
        }
        else
        {
            _limit = Math.Min(_configured, _limit + (_configured * IncreasePerSecond * _time.GetElapsedTime(_changedAt, now).TotalSeconds));
        }

        _changedAt = now;
        return _limit;
    }
}
