using PolicySync.Core.Workspaces;

namespace PolicySync.Core.Grants;

/// <summary>
/// Counts the requests sent for one securable, and tells whether one is held up. One call at a time; others may ask
/// meanwhile whether it is held up.
/// </summary>
/// <param name="flow">Whose calls these are.</param>
public sealed class CallMeter(CallFlow flow = default)
{
    /// <summary>A wait that is worth telling.</summary>
    public static readonly TimeSpan NoticeableWait = TimeSpan.FromSeconds(1);

    private const long NotHeld = long.MinValue;

    private long _heldSince = NotHeld;

    /// <summary>Whose calls these are.</summary>
    public CallFlow Flow { get; } = flow;

    /// <summary>Requests sent so far, retries included.</summary>
    public int Calls { get; private set; }

    /// <summary>Notes one more request.</summary>
    public void Count() => Calls++;

    /// <summary>Notes that the call waits for its turn, or because the workspace asked for fewer calls.</summary>
    /// <param name="since">A timestamp of the <see cref="TimeProvider"/>.</param>
    public void Hold(long since) => Interlocked.CompareExchange(ref _heldSince, since, NotHeld);

    /// <summary>Notes that the call goes on.</summary>
    public void LetGo() => Interlocked.Exchange(ref _heldSince, NotHeld);

    /// <summary>Whether the call has been held up for a noticeable time.</summary>
    public bool IsThrottled(TimeProvider time) =>
        Interlocked.Read(ref _heldSince) is var since && since != NotHeld && time.GetElapsedTime(since) >= NoticeableWait;
}
