using Microsoft.Extensions.Time.Testing;

namespace PolicySync.Adapters.Tests.Support;

/// <summary>
/// Fake time whose only driver is the test: it waits until the code under test has armed the timer in question, then
/// moves on. Nothing sleeps, and no step can run ahead of the code.
/// </summary>
internal sealed class TestTime : FakeTimeProvider
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private readonly List<TimeSpan> _armed = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TestTime()
        : base(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero))
    {
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        Note(dueTime);
        return new NotedTimer(timer, this);
    }

    /// <summary>Waits for a timer whose due time lies in the range, and gives the due time.</summary>
    public async Task<TimeSpan> ArmedAsync(TimeSpan atLeast, TimeSpan atMost)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                var index = _armed.FindIndex(due => due >= atLeast && due <= atMost);
                if (index >= 0)
                {
                    var due = _armed[index];
                    _armed.RemoveAt(index);
                    return due;
                }

                changed = _changed.Task;
            }

            try
            {
                await changed.WaitAsync(Patience);
            }
            catch (TimeoutException e)
            {
                throw new TimeoutException($"no timer between {atLeast} and {atMost} was armed; there were {string.Join(", ", _armed)}", e);
            }
        }
    }

    /// <summary>Waits for such a timer and moves on until it fires.</summary>
    public async Task<TimeSpan> PassAsync(TimeSpan atLeast, TimeSpan atMost)
    {
        var due = await ArmedAsync(atLeast, atMost);
        Advance(due);
        return due;
    }

    private void Note(TimeSpan dueTime)
    {
        if (dueTime < TimeSpan.Zero)
        {
            return;
        }

        lock (_gate)
        {
            _armed.Add(dueTime);
            _changed.TrySetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private sealed class NotedTimer(ITimer timer, TestTime time) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var changed = timer.Change(dueTime, period);
            time.Note(dueTime);
            return changed;
        }

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
