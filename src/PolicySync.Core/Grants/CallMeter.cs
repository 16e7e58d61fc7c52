using PolicySync.Core.Workspaces;

namespace PolicySync.Core.Grants;

/// <summary>
/// Counts the requests sent for one securable, and shows whether one is delayed. It is used by one call at a time; other threads
/// may read meanwhile whether it is delayed.
/// </summary>
/// <param name="flow">Whose calls these are.</param>
public sealed class CallMeter(CallFlow flow = default)
{
    /// <summary>The shortest wait that is reported.</summary>
    public static readonly TimeSpan NoticeableWait = TimeSpan.FromSeconds(1);

    /// <summary>A call that is not answered well for so long is worth telling, repetitions included.</summary>
    public static readonly TimeSpan LongCall = TimeSpan.FromSeconds(2);

    private const long NotHeld = long.MinValue;

    private readonly Lock _gate = new();
    private CallFlow _flow = flow;
    private Action<CallFlow>? _queued;
    private Func<CancellationToken, ValueTask>? _admission;
    private long _heldSince = NotHeld;
    private long _askedSince = NotHeld;

    /// <summary>Whose calls these are.</summary>
    public CallFlow Flow
    {
        get
        {
            lock (_gate)
            {
                return _flow;
            }
        }
    }

    /// <summary>Requests sent so far, retries included.</summary>
    public int Calls { get; private set; }

    /// <summary>Counts the calls as another's from now on, the one that waits for its turn included.</summary>
    public void MoveTo(CallFlow other)
    {
        Action<CallFlow>? queued;
        lock (_gate)
        {
            (_flow, queued) = (other, _queued);
        }

        queued?.Invoke(other);
    }

    /// <summary>
    /// Calls <paramref name="moved"/> while a call waits for its turn, now and whenever its flow changes; null ends this. A call
    /// may come late.
    /// </summary>
    public void WhileQueued(Action<CallFlow>? moved)
    {
        CallFlow now;
        lock (_gate)
        {
            (_queued, now) = (moved, _flow);
        }

        moved?.Invoke(now);
    }

    /// <summary>
    /// Has <paramref name="admit"/> called right before the next write is sent, once it has had its turn; what it throws keeps the write
    /// from being sent. Null: nothing is called.
    /// </summary>
    public void AdmitNextWriteBy(Func<CancellationToken, ValueTask>? admit) => _admission = admit;

    /// <summary>Called by the adapters right before they send a write. What it throws, they pass on.</summary>
    public ValueTask AdmitWriteAsync(CancellationToken cancellation) =>
        Interlocked.Exchange(ref _admission, null) is { } admit ? admit(cancellation) : ValueTask.CompletedTask;

    /// <summary>Notes one more request.</summary>
    public void Count() => Calls++;

    /// <summary>Notes that the call waits for its turn, or because the workspace asked for fewer calls.</summary>
    /// <param name="since">A timestamp of the <see cref="TimeProvider"/>.</param>
    public void Hold(long since) => Interlocked.CompareExchange(ref _heldSince, since, NotHeld);

    /// <summary>Notes that the call continues.</summary>
    public void LetGo() => Interlocked.Exchange(ref _heldSince, NotHeld);

    /// <summary>Notes that a request goes out. Repetitions count from the first.</summary>
    public void Asked(long since) => Interlocked.CompareExchange(ref _askedSince, since, NotHeld);

    /// <summary>Notes an answer that is not to be asked for again.</summary>
    public void Heard() => Interlocked.Exchange(ref _askedSince, NotHeld);

    /// <summary>Whether an answer has been waited for longer than a call should take.</summary>
    public bool IsUnanswered(TimeProvider time) =>
        Interlocked.Read(ref _askedSince) is var since && since != NotHeld && time.GetElapsedTime(since) >= LongCall;

    /// <summary>Whether the call has been held up for a noticeable time.</summary>
    public bool IsThrottled(TimeProvider time) =>
        Interlocked.Read(ref _heldSince) is var since && since != NotHeld && time.GetElapsedTime(since) >= NoticeableWait;
}
