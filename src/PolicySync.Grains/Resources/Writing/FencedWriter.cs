using PolicySync.Core.Auditing;
using PolicySync.Core.Errors;
using PolicySync.Core.Planning;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Core.Timing;
using PolicySync.Grains.Auditing;
using PolicySync.Grains.Resources.Indexing;
using PolicySync.Grains.Resources.Queue;
using PolicySync.Grains.Resources.Runs;

namespace PolicySync.Grains.Resources.Writing;

/// <summary>
/// The one way in which a run writes to Unity Catalog, be it a PATCH or a SQL statement: record the intent, send, read the
/// answer, wait until a read shows the change. One per attempt at a run.
/// </summary>
/// <param name="run">The run.</param>
/// <param name="fence">Keeps other writers out.</param>
/// <param name="identity">The id of the object that has the securable's name now; null when Unity Catalog gives none.</param>
/// <param name="services">What runs share.</param>
/// <param name="stopping">Ends waits; a write that was sent is not cancelled.</param>
internal sealed class FencedWriter(Run run, WriteFence fence, string? identity, RunServices services, CancellationToken stopping)
{
    private static readonly Backoff Polls = new(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(2));

    private Task<bool>? _nameRecorded;

    // Rows of the index that the stored state has in doubt.
    private IReadOnlySet<string> _inDoubt = AccessIndexing.InDoubt(fence.State);

    /// <summary>What is recorded of the securable. Changes are stored with the next intent, or when the run closes.</summary>
    public ResourceState State => fence.State;

    /// <summary>What the audit stream has not been given yet.</summary>
    public AuditTrail Audit { get; } = new(run.Securable, fence, services.Audit, services.Settings.Sync.VerifyTimeout, services.Time, stopping);

    /// <summary>The task that the ledger names.</summary>
    public string TaskId { get; } = new TaskId(run.TaskId).ToString();

    /// <summary>Begins a step of several writes, between which the run is not abandoned. Dispose the result at its end.</summary>
    public IDisposable BeginStep() => run.BeginStep();

    /// <summary>Makes one write, unless a suspension covers what it is about.</summary>
    /// <param name="intent">What may be the service's own once the write is sent. Recorded before.</param>
    /// <param name="sendAsync">Sends it, once; its argument is how long it may take.</param>
    /// <param name="untilShownAsync">Runs after an answer that it was made; returns when a read shows it.</param>
    /// <param name="lasts">How long it can take effect; null for the time of a PATCH.</param>
    /// <param name="on">
    /// What it is about; null for the run's securable. Empty for a write that finishes what an earlier one of the same step began, which
    /// no suspension keeps back.
    /// </param>
    /// <param name="audited">The changes that the audit stream gets; null for none.</param>
    /// <exception cref="SyncException"><see cref="SyncErrorCode.Suspended"/>: it was not sent.</exception>
    public async Task<WriteResult> WriteAsync(
        Ledger intent, Func<TimeSpan, Task> sendAsync, Func<Task> untilShownAsync, TimeSpan? lasts = null, IReadOnlyList<Securable>? on = null,
        IReadOnlyList<AuditChange>? audited = null)
    {
        stopping.ThrowIfCancellationRequested();
        on ??= [run.Securable];
        await RequireNotSuspendedAsync(on, stopping); // no intent is recorded for what is not sent
        var left = await OpenAsync(intent, lasts, on.Count > 0, audited ?? []);
        _inDoubt = AccessIndexing.InDoubt(State);
        RecordName();
        try
        {
            run.Meter!.AdmitNextWriteBy(cancellation => RequireNotSuspendedAsync(on, cancellation));
            await sendAsync(left);
        }
        catch (SyncException e) when (e.Code == SyncErrorCode.Suspended)
        {
            NotMade();
            throw;
        }
        catch (SyncException e) when (e.OutcomeUnknown)
        {
            run.WaitFor(e);
            await fence.WaitOutAsync(stopping);
            return new WriteResult.Unknown(e);
        }
        catch (SyncException e)
        {
            NotMade();
            return new WriteResult.Refused(e);
        }

        fence.Answered(applied: true);
        Audit.Answer();
        await untilShownAsync();
        return new WriteResult.Shown();
    }

    private async Task<TimeSpan> OpenAsync(Ledger intent, TimeSpan? lasts, bool begins, IReadOnlyList<AuditChange> audited)
    {
        if (begins)
        {
            Audit.RequireRoom(); // a write that finishes what another began is not kept back
        }

        Audit.Intend(audited);
        try
        {
            return await fence.OpenAsync(run.Scope, intent, lasts);
        }
        catch (SyncException)
        {
            Audit.Discard();
            throw;
        }
    }

    private void NotMade()
    {
        fence.Answered(applied: false);
        Audit.Discard();
    }

    private async ValueTask RequireNotSuspendedAsync(IReadOnlyList<Securable> on, CancellationToken cancellation)
    {
        foreach (var securable in on)
        {
            await services.Sources.Suspensions.RequireNoneAsync(securable, cancellation);
        }
    }

    /// <summary>
    /// Reads until a read shows a change. Unity Catalog may answer with the old state for a while; a minute was seen
    /// (terraform-provider-databricks).
    /// </summary>
    /// <param name="readAsync">Reads.</param>
    /// <param name="shows">Whether a read shows the change.</param>
    /// <param name="change">What was done, for people: a clause without a full stop.</param>
    /// <exception cref="SyncException"><see cref="SyncErrorCode.NotVerified"/>: not within <c>Sync:VerifyTimeout</c>.</exception>
    public async Task<T> PollAsync<T>(Func<Task<T>> readAsync, Func<T, bool> shows, string change)
    {
        var since = services.Time.GetTimestamp();
        for (var reads = 0; ; reads++)
        {
            var read = await readAsync();
            if (shows(read))
            {
                return read;
            }

            var left = services.Settings.Sync.VerifyTimeout - services.Time.GetElapsedTime(since);
            if (left <= TimeSpan.Zero)
            {
                throw new SyncException(SyncErrorCode.NotVerified,
                    $"{change}, but reads did not show it within {services.Settings.Sync.VerifyTimeout}");
            }

            var wait = Polls.After(reads);
            await Task.Delay(wait < left ? wait : left, services.Time, stopping);
        }
    }

    /// <summary>
    /// Brings the index of access in line, under an intent that has its rows in doubt: a successor waits that intent out and writes them
    /// again, so no row is left as an earlier run had it.
    /// </summary>
    /// <param name="change">What to write.</param>
    public async Task IndexAsync(IndexChange change)
    {
        if (change.Rows.Count == 0)
        {
            return;
        }

        if (!fence.HasTime || !change.Rows.Keys.All(_inDoubt.Contains))
        {
            AccessIndexing.Doubt(State, run.Securable, change.Rows.Keys);
            await fence.OpenAsync(run.Scope, State.Ledger);
            fence.Answered(applied: false);
            _inDoubt = AccessIndexing.InDoubt(State);
        }

        using var limit = new CancellationTokenSource(fence.Left, services.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        try
        {
            await services.Catalogs.RememberAsync(run.Securable, either.Token);
            await services.Index.WriteAsync(run.Securable, change.Rows, either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !stopping.IsCancellationRequested)
        {
            throw new SyncException(SyncErrorCode.Unavailable, $"the service's storage is too slow to record who has access to {run.Securable}");
        }
    }

    /// <summary>Records how the run ended, where there is something to record.</summary>
    /// <param name="due">When a schedule that concerns the securable begins or ends next.</param>
    /// <param name="hasNews">Whether there is something to record although nothing was written.</param>
    /// <param name="record">Records it in the state.</param>
    public async Task CloseAsync(DateTimeOffset? due, bool hasNews, Action<ResourceState> record)
    {
        if (!hasNews && !fence.IsOpen && due == State.DueAt && !IsNameNews && !fence.HasUntoldNews)
        {
            return; // a run without news writes nothing, not even to the service's storage
        }

        var before = State.DueAt;
        record(State);
        RecordName();
        var isRecorded = _nameRecorded is not null && await _nameRecorded;
        await fence.CloseAsync(state =>
        {
            state.DueAt = due;
            state.KnownAs = isRecorded ? identity : state.KnownAs;
        });
        await services.Agenda.ForgetAsync(run.Securable, before, due, stopping);
    }

    private bool IsNameNews => identity is not null && State.KnownAs != identity && State.HoldsAnything;

    // Beside the first write, not before it: if the process dies now, the next run records the name.
    private void RecordName()
    {
        if (IsNameNews)
        {
            _nameRecorded ??= services.Renamed.RememberAsync(run.Securable, identity!, stopping);
        }
    }
}
