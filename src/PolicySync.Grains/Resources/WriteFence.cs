namespace PolicySync.Grains.Resources;

/// <summary>
/// Keeps one writer per securable also across a crash or freeze (specification §4). A PATCH that was sent cannot be
/// called back, so each is preceded by an intent row, written by ETag, that holds who writes; a PATCH starts only if it
/// can end within the write time-out of that row by the monotonic clock. Whoever finds another's intent takes the row
/// over, which deposes the other, and then waits until the other's last PATCH can no longer act. Clocks of two
/// machines are never compared.
/// </summary>
internal sealed class WriteFence(IPersistentState<ResourceState> state, Guid activation, TimeProvider time, TimeSpan writeTimeout)
{
    /// <summary>Added to the write time-out when waiting for another's write to end.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromSeconds(2);

    /// <summary>How long after an unanswered write the securable is read again.</summary>
    public static readonly TimeSpan RecheckAfter = TimeSpan.FromSeconds(60);

    // An intent row that took longer than this share of the time-out to write leaves too little for the PATCH.
    private const double LeastShareLeft = 0.5;

    private const int MaxIntentTries = 5;

    public ResourceState State => state.State;

    /// <summary>True when the intent in the row is ours and not yet closed.</summary>
    public bool IsOpen => State.OpenIntentOf is not null;

    /// <summary>
    /// When another activation's intent is open: takes the row over and waits until its write can no longer act.
    /// </summary>
    public async Task SettleAsync(Action waiting)
    {
        if (State.OpenIntentOf is not { } owner || owner == activation)
        {
            return;
        }

        waiting();
        State.OpenIntentOf = activation;
        State.Epoch++;
        State.LastWrite = time.GetUtcNow();
        State.RecheckAt = time.GetUtcNow() + writeTimeout + RecheckAfter;
        await state.WriteStateAsync();
        await Task.Delay(writeTimeout + Margin, time);
    }

    /// <summary>
    /// Writes the intent and returns how long the PATCH may take, counted from now. Fails with an
    /// InconsistentStateException when another activation has taken the row over: then nothing more may be written.
    /// </summary>
    public async Task<TimeSpan> OpenAsync(Action<ResourceState> intent)
    {
        intent(State);
        for (var attempt = 1; ; attempt++)
        {
            State.OpenIntentOf = activation;
            State.Epoch++;
            var before = time.GetTimestamp();
            await state.WriteStateAsync();
            var left = writeTimeout - time.GetElapsedTime(before);
            if (left >= writeTimeout * LeastShareLeft)
            {
                return left;
            }

            if (attempt == MaxIntentTries)
            {
                throw new Core.Errors.SyncException(Core.Errors.SyncErrorCode.Unavailable,
                    "our own storage takes too long to write an intent in time for a change");
            }
        }
    }

    /// <summary>Notes that a PATCH ended without an answer, and waits until it can no longer act.</summary>
    public async Task WaitOutAsync()
    {
        State.LastWrite = time.GetUtcNow();
        State.RecheckAt = time.GetUtcNow() + RecheckAfter;
        await Task.Delay(writeTimeout + Margin, time);
    }

    /// <summary>Writes what a run ended with, and that no write is under way.</summary>
    public async Task CloseAsync(Action<ResourceState> record)
    {
        record(State);
        State.OpenIntentOf = null;
        await state.WriteStateAsync();
    }
}
