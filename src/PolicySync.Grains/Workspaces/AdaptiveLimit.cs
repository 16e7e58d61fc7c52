namespace PolicySync.Grains.Workspaces;

/// <summary>
/// How much of the configured rate the workspace takes: less after refusals (HTTP 429), more again as time goes by
/// without any (additive increase, multiplicative decrease). Not safe for concurrent use.
/// </summary>
internal sealed class AdaptiveLimit
{
    /// <summary>What is left of the limit after a refusal.</summary>
    public const double Decrease = 0.85;

    /// <summary>What is added each second, as a part of the configured rate.</summary>
    public const double IncreasePerSecond = 0.02;

    /// <summary>The least, as a part of the configured rate: refusals by chance must not stop the work.</summary>
    public const double Least = 0.05;

    /// <summary>
    /// Refusals within this time of a decrease count as known: they answer calls that were sent before it worked.
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
