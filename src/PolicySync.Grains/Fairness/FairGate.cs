namespace PolicySync.Grains.Fairness;

/// <summary>A bound on how many are at something at once; who finds no place waits in a <see cref="FairLine{T}"/>. Safe for concurrent use.</summary>
/// <param name="places">How many may be.</param>
internal sealed class FairGate(int places)
{
    private readonly Lock _gate = new();
    private readonly Shares _shares = new(places);
    private readonly FairLine<TaskCompletionSource> _line = new();

    /// <summary>Enters if there is a place now; null otherwise.</summary>
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

    /// <summary>Enters; dispose what it returns to leave, once or more often.</summary>
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
            await turn.Task; // whoever let us in has taken the place for us
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
                if (turn.TrySetResult()) // else it has given up meanwhile
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
