namespace PolicySync.Grains.Fairness;

/// <summary>Bounds how many callers do something at once; the others wait in a <see cref="FairLine{T}"/>. Safe for concurrent use.</summary>
/// <param name="places">Most callers at once.</param>
internal sealed class FairGate(int places)
{
    private readonly Lock _gate = new();
    private readonly Shares _shares = new(places);
    private readonly FairLine<TaskCompletionSource> _line = new();

    /// <summary>Enters if a place is free; null otherwise. Dispose the result to leave.</summary>
    public IDisposable? TryEnter(string share)
    {
        lock (_gate)
        {
            if (_line.HasAny(_shares.HasRoom) || !_shares.HasRoom(share))
            {
                return null;
            }

            _shares.Take(share);
            return new Place(this, share);
        }
    }

    /// <summary>Waits for a place and enters. Dispose the result to leave; repeating that does nothing.</summary>
    public async Task<IDisposable> EnterAsync(string share, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        TaskCompletionSource turn;
        lock (_gate)
        {
            if (TryEnter(share) is { } place)
            {
                return place;
            }

            _line.Add(share, turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        await using (cancellation.UnsafeRegister(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), turn))
        {
            await turn.Task; // the caller that left has taken the place for this one
            return new Place(this, share);
        }
    }

    private void Leave(string share)
    {
        lock (_gate)
        {
            _shares.Return(share);
            while (_line.TryTake(_shares.HasRoom, out var next, out var turn))
            {
                if (turn.TrySetResult()) // false: that caller was cancelled meanwhile
                {
                    _shares.Take(next);
                }
            }
        }
    }

    private sealed class Place(FairGate gate, string share) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                gate.Leave(share);
            }
        }
    }
}
