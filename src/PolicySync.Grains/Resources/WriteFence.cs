using Orleans.Storage;
using PolicySync.Core.Errors;
using PolicySync.Core.Planning;

namespace PolicySync.Grains.Resources;

/// <summary>
/// Keeps one writer per securable also across a crash or freeze (specification §4). A PATCH that was sent cannot be
/// called back, so each is preceded by an intent row, written by ETag, that holds who writes; a PATCH starts only if it
/// can end within the write time-out of that row by the monotonic clock. Whoever finds another's intent takes the row
/// over, which deposes the other, and then waits until the other's last PATCH can no longer act. Clocks of two
/// machines are never compared. One per activation; every method may throw
/// <see cref="InconsistentStateException"/>, after which this activation must write nothing more.
/// </summary>
internal sealed class WriteFence(IPersistentState<ResourceState> state, Guid activation, TimeProvider time, TimeSpan writeTimeout)
{
    /// <summary>Added to the write time-out when waiting for a write to end.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromSeconds(2);

    /// <summary>How long after an unanswered write the securable is read again.</summary>
    public static readonly TimeSpan RecheckAfter = TimeSpan.FromSeconds(60);

    // An intent row that took longer than this share of the time-out to write leaves too little for the PATCH.
    private const double LeastShareLeft = 0.5;

    private const int MaxIntentTries = 5;

    // False until we know that an open intent in the row cannot be another's: the row is then only ours to open. In
    // memory on purpose: a row that names us says nothing of whether we have waited the other out.
    private bool _settled;

    // A PATCH was sent and neither answered nor waited out.
    private bool _mayAct;

    // Another activation has taken the row over.
    private bool _deposed;

    public ResourceState State => state.State;

    /// <summary>A fence of a dry run, which writes nothing: what it holds is no row.</summary>
    public static WriteFence InMemory(ResourceState held, TimeProvider time, TimeSpan writeTimeout) =>
        new(new Detached { State = held }, Guid.Empty, time, writeTimeout);

    private TimeSpan Lasts => State.IntentLasts ?? writeTimeout;

    /// <summary>True when there is an intent in the row that has to be closed.</summary>
    public bool IsOpen => State.OpenIntentOf is not null;

    /// <summary>
    /// When another activation's intent is open: takes the row over and waits until its write can no longer act.
    /// </summary>
    public async Task SettleAsync(Action waiting, CancellationToken stopping)
    {
        if (!_settled && IsOpen)
        {
            waiting();
            State.OpenIntentOf = activation;
            State.Epoch++;
            await WriteAsync();
            await WaitUntilOverAsync(stopping);
        }

        _settled = true;
    }

    /// <summary>
    /// Writes the intent and returns how long the write may take, counted from now. Then it must be sent at once and
    /// <see cref="Answered"/> or <see cref="WaitOutAsync"/> be called.
    /// </summary>
    /// <param name="scope">What the run may change.</param>
    /// <param name="intent">What may be ours afterwards.</param>
    /// <param name="lasts">How long the write can take effect; null for a PATCH.</param>
    public async Task<TimeSpan> OpenAsync(RunScope scope, Ledger intent, TimeSpan? lasts = null)
    {
        State.Ledger = intent;
        State.IntentScope = scope;
        State.IntentLasts = lasts;
        for (var attempt = 1; attempt <= MaxIntentTries; attempt++)
        {
            State.OpenIntentOf = activation;
            State.Epoch++;
            var before = time.GetTimestamp();
            await WriteAsync();
            var left = Lasts - time.GetElapsedTime(before);
            if (left >= Lasts * LeastShareLeft)
            {
                _mayAct = true;
                return left;
            }
        }

        throw new SyncException(SyncErrorCode.Unavailable, "our own storage takes too long to write an intent in time for a change");
    }

    /// <summary>Notes that the PATCH ended with an answer, or was never sent: it cannot act any more.</summary>
    public void Answered(bool applied)
    {
        _mayAct = false;
        if (applied)
        {
            State.LastWrite = time.GetUtcNow();
        }
    }

    /// <summary>Waits until a PATCH that ended without an answer can no longer act, and has it looked at once more later.</summary>
    public async Task WaitOutAsync(CancellationToken stopping)
    {
        await WaitUntilOverAsync(stopping);
        _mayAct = false;
    }

    /// <summary>Writes what a run ended with, and that no write is under way.</summary>
    public async Task CloseAsync(Action<ResourceState> record)
    {
        record(State);
        State.OpenIntentOf = null;
        await WriteAsync();
    }

    /// <summary>
    /// Closes what a run leaves open that ends early, unless its PATCH may still act: the next writer would wait for
    /// nothing. What was intended stays ours.
    /// </summary>
    public async Task LeaveAsync(Action<ResourceState> record)
    {
        if (_settled && IsOpen && !_mayAct && !_deposed)
        {
            await CloseAsync(record);
        }
    }

    /// <summary>
    /// Puts what is held of an object in the place of what was held under the name, and writes that. Not while a write is
    /// under way.
    /// </summary>
    public async Task HoldAsync(ResourceState held)
    {
        State.Hold(held);
        await WriteAsync();
    }

    /// <summary>Forgets what is held of an object that another name's grain has taken over.</summary>
    public async Task ForgetAsync(string identity)
    {
        if (State.Identity == identity)
        {
            await HoldAsync(new ResourceState());
        }
    }

    private async Task WaitUntilOverAsync(CancellationToken stopping)
    {
        State.LastWrite = time.GetUtcNow();
        State.RecheckAt = time.GetUtcNow() + Lasts + Margin + RecheckAfter;
        await Task.Delay(Lasts + Margin, time, stopping);
        State.LastWrite = time.GetUtcNow();
    }

    private async Task WriteAsync()
    {
        try
        {
            await state.WriteStateAsync();
        }
        catch (InconsistentStateException)
        {
            _deposed = true;
            throw;
        }
        catch (Exception e)
        {
            // The row may have been written all the same: then our ETag is old and the next write finds that out.
            throw new SyncException(SyncErrorCode.Unavailable, "our own storage did not take the state of the securable", e);
        }
    }

    private sealed class Detached : IPersistentState<ResourceState>
    {
        public ResourceState State { get; set; } = new();

        public string Etag => "";

        public bool RecordExists => false;

        public Task ClearStateAsync() => throw new NotSupportedException();

        public Task WriteStateAsync() => throw new NotSupportedException();

        public Task ReadStateAsync() => throw new NotSupportedException();
    }
}
