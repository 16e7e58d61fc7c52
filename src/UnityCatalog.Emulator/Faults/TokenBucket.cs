namespace UnityCatalog.Emulator.Faults;

/// <summary>Refills steadily up to its burst. Callers hold the rule's lock.</summary>
internal sealed class TokenBucket(RateLimitDefinition limit, TimeProvider time)
{
    private double _tokens = limit.Burst;
    private long _filledAt = time.GetTimestamp();

    public bool TryTake()
    {
        var now = time.GetTimestamp();
        _tokens = Math.Min(limit.Burst, _tokens + (time.GetElapsedTime(_filledAt, now).TotalSeconds * limit.PerSecond));
        _filledAt = now;
        if (_tokens < 1)
        {
            return false;
        }

        _tokens--;
        return true;
    }
}
