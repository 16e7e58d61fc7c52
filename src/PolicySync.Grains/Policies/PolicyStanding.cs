using PolicySync.Core.Errors;

namespace PolicySync.Grains.Policies;

/// <summary>The state of the checks of the policy source, for health and for waiting runs. Safe for concurrent use.</summary>
public sealed class PolicyStanding(TimeProvider time)
{
    private readonly Lock _gate = new();
    private long? _begun;
    private long? _ended;
    private SyncException? _failure;

    /// <summary>How long the running check has taken; null when none runs.</summary>
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

    /// <summary>Why the last ended check failed; null when it succeeded.</summary>
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

    /// <summary>The number of policies in the last accepted version that have a part without effect.</summary>
    public int Ignored { get; internal set; }

    internal void Begin()
    {
        lock (_gate)
        {
            _begun = time.GetTimestamp();
        }
    }

    /// <summary>Records a success. Returns why the check before failed; null when it did not.</summary>
    internal string? Succeed()
    {
        lock (_gate)
        {
            var before = _failure?.Message;
            (_begun, _ended, _failure) = (null, time.GetTimestamp(), null);
            return before;
        }
    }

    /// <summary>Records a failure. True when it differs from the failure of the check before.</summary>
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
