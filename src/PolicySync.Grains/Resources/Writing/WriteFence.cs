using Orleans.Storage;
using PolicySync.Core.Errors;
using PolicySync.Core.Planning;

namespace PolicySync.Grains.Resources.Writing;

/// <summary>
/// Keeps one writer per securable, also across a crash or a freeze (specification §4). A request that was sent cannot be
/// called back, so each write is preceded by an intent row, written by ETag, that names the writer. A write starts only if it
/// can end within the time-out of its row by the monotonic clock. An activation that finds another's intent takes the row
/// over, which deposes the other, and waits until the other's last write can no longer take effect. Clocks of two machines
/// are never compared. One per activation. Every method may throw <see cref="InconsistentStateException"/>, after which this
/// activation must write nothing more.
/// </summary>
internal sealed class WriteFence(IPersistentState<ResourceState> state, Guid activation, TimeProvider time, TimeSpan writeTimeout)
{
    /// <summary>Added to the write time-out when waiting for a write to end.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromSeconds(2);

    /// <summary>How long after an unanswered write the securable is read again.</summary>
    public static readonly TimeSpan RecheckAfter = TimeSpan.FromSeconds(60);

    // An intent row that took longer than this share of the time-out to write leaves too little time for the write itself.
    private const double LeastShareLeft = 0.5;

    private const int MaxIntentTries = 5;

    // False until an open intent in the row cannot be another activation's. In memory on purpose: a row that names us does not
    // say whether we have waited the other out.
    private bool _settled;

    // A write was sent and neither answered nor waited out.
    private bool _mayAct;

    // Another activation has taken the row over.
    private bool _deposed;

    // When the write of the latest intent began.
    private long? _opened;

    // What the row has of changes to be told of, from the first look on.
    private string? _storedUntold;

    public ResourceState State => state.State;

    /// <summary>Names this activation in stored changes.</summary>
    public string Writer { get; } = activation.ToString("N")[..12];

    /// <summary>Whether the row has other unreported changes than the state in memory.</summary>
    public bool HasUntoldNews => _settled && State.Untold != _storedUntold;

    /// <summary>A fence for a dry run, which writes nothing: its state is in memory only.</summary>
    public WriteFence InMemory(ResourceState held) => new(new Detached { State = held }, Guid.Empty, time, writeTimeout);

    /// <summary>How long the write of an open intent can take effect.</summary>
    public TimeSpan LastsOf(ResourceState held) => held.IntentLasts ?? writeTimeout;

    private TimeSpan Lasts => LastsOf(State);

    /// <summary>
    /// How long what this activation does under its open intent is waited for by others; zero without one. What it writes beside Unity
    /// Catalog in that time is not written over what a successor writes.
    /// </summary>
    public TimeSpan Left => IsOpen && _opened is { } opened && Lasts - time.GetElapsedTime(opened) is { } left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    /// <summary>Whether enough of <see cref="Left"/> is there for a few calls to storage.</summary>
    public bool HasTime => Left >= Lasts * LeastShareLeft;

    /// <summary>True when there is an intent in the row that has to be closed.</summary>
    public bool IsOpen => State.OpenIntentOf is not null;

    /// <summary>Whether an intent may be opened although no run is at work: nothing that was sent may still take effect.</summary>
    public bool IsQuiet => _settled && !_mayAct && !_deposed;

    /// <summary>
    /// Takes the row over when another activation's intent is open, and waits until its write can no longer take effect.
    /// </summary>
    public async Task SettleAsync(Action waiting, CancellationToken stopping)
    {
        if (!_settled)
        {
            _storedUntold = State.Untold;
        }

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
    /// Writes the intent and returns how long the write may take from now on. The caller sends it at once and then calls
    /// <see cref="Answered"/> or <see cref="WaitOutAsync"/>.
    /// </summary>
    /// <param name="scope">What the run may change.</param>
    /// <param name="intent">What may be the service's own afterwards.</param>
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
                _opened = before;
                _mayAct = true;
                return left;
            }
        }

        throw new SyncException(SyncErrorCode.Unavailable, "the service's storage is too slow to record an intent in time for a change");
    }

    /// <summary>Records that the write ended with an answer, or was never sent, so it can no longer take effect.</summary>
    public void Answered(bool applied)
    {
        _mayAct = false;
        if (applied)
        {
            State.LastWrite = time.GetUtcNow();
        }
    }

    /// <summary>Waits until a write that ended without an answer can no longer take effect, and schedules another read for later.</summary>
    public async Task WaitOutAsync(CancellationToken stopping)
    {
        await WaitUntilOverAsync(stopping);
        _mayAct = false;
    }

    /// <summary>Writes the outcome of a run, and that no write is under way.</summary>
    public async Task CloseAsync(Action<ResourceState> record)
    {
        record(State);
        State.OpenIntentOf = null;
        await WriteAsync();
    }

    /// <summary>
    /// Closes the intent of a run that ends early, unless its write may still take effect, so that the next writer need not wait.
    /// The ledger keeps what was intended.
    /// </summary>
    public async Task LeaveAsync(Action<ResourceState> record)
    {
        if (IsOpen && IsQuiet)
        {
            await CloseAsync(record);
        }
    }

    /// <summary>
    /// Writes whether the drift store may have a record of the name, and nothing else that was not written. An open intent stays open,
    /// also that of another activation.
    /// </summary>
    public async Task FlagDriftAsync(bool mayHave)
    {
        var before = State.MayHaveDrift;
        State.MayHaveDrift = mayHave;
        try
        {
            await WriteAsync();
        }
        catch (Exception)
        {
            State.MayHaveDrift = before; // it is tried again
            throw;
        }
    }

    /// <summary>
    /// Replaces the state that the name holds, and writes it. Not called while a write is under way.
    /// </summary>
    public async Task HoldAsync(ResourceState held)
    {
        State.Hold(held);
        await WriteAsync();
    }

    /// <summary>Deletes the state of an object that another name's grain has taken over.</summary>
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
            _storedUntold = State.Untold;
        }
        catch (InconsistentStateException)
        {
            _deposed = true;
            throw;
        }
        catch (Exception e)
        {
            // The row may have been written: then our ETag is old and the next write fails.
            throw new SyncException(SyncErrorCode.Unavailable, "the service's storage did not store the state of the securable", e);
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
