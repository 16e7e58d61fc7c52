using PolicySync.Core.Errors;

namespace PolicySync.Grains.Policies;

/// <summary>How the checks of the policy source go, for health and for whoever waits. Safe for concurrent use.</summary>
public sealed class PolicyStanding(TimeProvider time)
{
    private readonly Lock _gate = new();
    private long? _begun;
    private long? _ended;
    private SyncException? _failure;

    /// <summary>How long the check that is under way has taken; null when none is.</summary>
    public TimeSpan? Busy
    {
        get
        {
            lock (_gate)
            {
                return _begun is { } begun ? time.GetElapsedTime(begun) : null;
            }
        }
    }

    /// <summary>How long ago the last check ended; null before the first.</summary>
    public TimeSpan? Ended
    {
        get
        {
            lock (_gate)
            {
                return _ended is { } ended ? time.GetElapsedTime(ended) : null;
            }
        }
    }

    /// <summary>Why the last check that ended has failed; null when it has not.</summary>
    public SyncException? Failure
    {
        get
        {
            lock (_gate)
            {
                return _failure;
            }
        }
    }

    /// <summary>Policies of the last accepted version of which something has no effect.</summary>
    public int Ignored { get; internal set; }

    internal void Begin()
    {
        lock (_gate)
        {
            _begun = time.GetTimestamp();
        }
    }

    /// <summary>Why the check before has failed; null when it has not.</summary>
    internal string? Succeed()
    {
        lock (_gate)
        {
            var before = _failure?.Message;
            (_begun, _ended, _failure) = (null, time.GetTimestamp(), null);
            return before;
        }
    }

    /// <summary>True when this is another failure than that of the check before.</summary>
    internal bool Fail(SyncException failure)
    {
        lock (_gate)
        {
            var isNews = _failure is null || _failure.Code != failure.Code || !string.Equals(_failure.Message, failure.Message, StringComparison.Ordinal);
            (_begun, _ended, _failure) = (null, time.GetTimestamp(), failure);
            return isNews;
        }
    }
}
