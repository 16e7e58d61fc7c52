using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Guards;
using PolicySync.Core.Options;
using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Core.Securables;
using PolicySync.Core.Timing;
using PolicySync.Grains.Policies;

namespace PolicySync.Grains.Resources;

/// <summary>
/// The row filter and masks of one table in one attempt at a run: what policy wants, what stands, and the statements in
/// between. Statements are writes like a PATCH: each is preceded by an intent row, only with a longer time (docs/adr/0012).
/// </summary>
internal sealed class GuardRun(
    ITableGuards tables, GuardArtefacts artefacts, Run run, WriteFence fence, RunFindings findings, CallMeter meter, FreshPolicies policies, PrincipalSnapshot directory,
    SyncOptions sync, int expandUpTo, TimeSpan statementTimeout, SecurableTags? tags, TimeProvider time, CancellationToken stopping)
{
    private static readonly Backoff Polls = new(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(2));

    /// <summary>Text of what functions were made from that one securable's state may hold; more is not known any more.</summary>
    private const int MaxContent = 128 * 1024;

    // Functions in force as they were read, and those of them that are not what we made.
    private readonly Dictionary<string, ToldFunction> _told = new(StringComparer.Ordinal);
    private readonly HashSet<string> _distrusted = new(StringComparer.Ordinal);
    private readonly GuardMemory _memory = new();
    private readonly HashSet<string> _sound = new(StringComparer.Ordinal);
    private DateTimeOffset _at;

    /// <summary>What policy wants, and can be set.</summary>
    public TableGuards Guards { get; private set; } = null!;

    /// <summary>What is to be done about it.</summary>
    public GuardPlan Plan { get; private set; } = null!;

    /// <summary>Whether there is anything to be done.</summary>
    public bool IsPending => findings.GuardFault is null && !Plan.IsEmpty;

    /// <summary>
    /// Takes note of the table as it was just read, and finds out whether the functions that it has are those that we made.
    /// </summary>
    public async Task ObserveAsync(TableShape table, DateTimeOffset at)
    {
        _at = at;
        Guards = At(table, at);
        if (Guards.NeedFunctions && findings.GuardFault is null)
        {
            await ExamineAsync();
            Guards = findings.GuardFault is null ? Guards : At(table, at);
        }

        PlanGuards();
    }

    /// <summary>Whether functions of ours are in force, or should be.</summary>
    public bool AreInForce => Guards.NeedFunctions;

    /// <summary>Whether the table is still the one that was read, with the guards that policy wants.</summary>
    public bool StillHold(TableShape read) =>
        (read.Facts.Identity, read.Facts.Owner, read.Facts.Kind) == (Guards.Table.Facts.Identity, Guards.Table.Facts.Owner, Guards.Table.Facts.Kind)
        && read.Columns.Select(column => (column.Name, column.TypeText)).SequenceEqual(Guards.Table.Columns.Select(column => (column.Name, column.TypeText)))
        && Plan.Shows(read);

    private async Task ExamineAsync()
    {
        findings.GuardFault = await artefacts.FaultOfSchemaAsync();
        foreach (var function in findings.GuardFault is null ? Guards.Attached.Where(function => !_sound.Contains(function)) : [])
        {
            var (told, fault) = await artefacts.ExamineAsync(function);
            findings.GuardFault ??= fault;
            if (told is not null)
            {
                _told[function] = told;
            }

            var isAsMade = told is not null && Guards.IsAsMade(told, Made.Find(made => made.FullName == function)?.Told);
            (isAsMade ? _sound : _distrusted).Add(function);
        }

        findings.IsTampered |= findings.GuardFault is not null || _distrusted.Count > 0;
    }

    /// <summary>Whether what policy wants would show somebody more than the guards in force do.</summary>
    public bool WouldWeaken => findings.GuardFault is null && Guards.WouldWeaken(Made, Told, _memory);

    /// <summary>Keeps what those must not see more of who can read against policy.</summary>
    public void Keep(GuardKeeping keeping)
    {
        Guards = At(Guards.Table, _at).Keep(Made, Told, keeping, _memory);
        PlanGuards();
    }

    /// <summary>
    /// Notes what functions in force were made from that were made before that was remembered. False when there is nothing to note.
    /// </summary>
    public bool Learn()
    {
        var known = fence.State.GuardFunctions.Count(function => function.Content is not null);
        fence.State.GuardFunctions = Remembered(Plan.Kept.Select(kept =>
            kept.Content is null && Plan.ContentOf(kept.FullName) is { } content ? kept with { Content = content } : kept));
        return fence.State.GuardFunctions.Count(function => function.Content is not null) > known;
    }

    private List<MadeFunction> Made => [.. fence.State.GuardFunctions.Select(function => function.ToMade())];

    private IReadOnlyDictionary<string, ToldFunction> Told => _told;

    private void PlanGuards()
    {
        Plan = GuardPlan.Of(Guards, Made, time.GetUtcNow(), _distrusted);
        (findings.Undropped, findings.GuardGaps) = (Plan.Undropped, Guards.Gaps);
    }

    private static List<GuardFunctionState> Remembered(IEnumerable<MadeFunction> functions)
    {
        var left = MaxContent;
        var states = functions.Select(GuardFunctionState.Of).ToList();
        foreach (var state in states)
        {
            left -= state.Content?.Length ?? 0;
            state.Content = left < 0 ? null : state.Content;
        }

        return states;
    }

    /// <summary>What policy wanted of it at another time.</summary>
    public TableGuards At(DateTimeOffset at) => At(Guards.Table, at);

    /// <summary>
    /// Carries the statements out and reads the table until it shows them. A statement that Databricks refuses for good is
    /// noted: no guard can be set then, and SELECT is taken back from those whom one should concern.
    /// </summary>
    public async Task ApplyAsync()
    {
        try
        {
            await tables.EnsureWarehouseAsync(meter, stopping);
            Guards.Remember(Made, Told, _memory);
            await ExecuteAsync();
        }
        catch (SyncException e) when (e.Recovery != Recovery.Retry && !e.OutcomeUnknown)
        {
            findings.GuardFault = e.Message;
        }
        catch (SyncException e)
        {
            findings.GuardTrouble = e.Message;
            throw;
        }

        await ObserveAsync(await tables.GetTableAsync(run.Securable, meter, stopping), _at);
    }

    private TableGuards At(TableShape table, DateTimeOffset at) =>
        GuardCompiler.Compile(policies.Snapshot, directory, table, sync, expandUpTo, at, tags, findings.GuardFault);

    private async Task ExecuteAsync()
    {
        // Known before they are made, and until they are gone: a crash leaves none behind that nobody knows.
        fence.State.GuardFunctions = Remembered(Plan.Made);
        foreach (var statement in Plan.Statements)
        {
            await ExecuteAsync(statement);
        }

        await VerifyAsync();
        fence.State.GuardFunctions =
            [.. fence.State.GuardFunctions.Where(function => function.RefusedAt is not null || Plan.Kept.Any(kept => kept.FullName == function.FullName))];
    }

    private async Task ExecuteAsync(GuardStatement statement)
    {
        stopping.ThrowIfCancellationRequested();
        var left = await fence.OpenAsync(run.Scope, fence.State.Ledger, statementTimeout);
        try
        {
            await tables.ExecuteAsync(statement.Sql, left, meter, CancellationToken.None);
        }
        catch (SyncException e) when (!e.OutcomeUnknown)
        {
            fence.Answered(applied: false);
            if (statement.Tidies is not { } function)
            {
                throw;
            }

            // It harms nobody. Remembered, so that runs to come do not try it each time.
            fence.State.GuardFunctions.Single(made => made.FullName == function).RefusedAt = time.GetUtcNow();
            return;
        }

        fence.Answered(applied: true);
        await CheckAsync(statement);
        fence.State.GuardFunctions.RemoveAll(made => made.FullName == statement.Tidies);
        findings.Did(statement.Change);
    }

    // CREATE SCHEMA IF NOT EXISTS may meet somebody's, and CREATE OR REPLACE leaves a function to its owner: neither is relied on
    // before a read shows that it is ours.
    private async Task CheckAsync(GuardStatement statement)
    {
        if (statement.MakesSchema && await artefacts.FaultOfSchemaAsync() is { } fault)
        {
            throw NotOurs(fault);
        }

        if (statement.Makes is not { } function)
        {
            return;
        }

        var before = _told.GetValueOrDefault(function.FullName) is { } seen ? GuardTrust.FingerprintOf(seen) : null;
        var since = time.GetTimestamp();
        for (var reads = 0; ; reads++)
        {
            var (told, faultOfIt) = await artefacts.ExamineAsync(function.FullName);
            if (faultOfIt is not null)
            {
                throw NotOurs(faultOfIt);
            }

            if (told is not null && (function.Says(told) || GuardTrust.FingerprintOf(told) != before))
            {
                Trust(function, told);
                return;
            }

            if (time.GetElapsedTime(since) >= sync.VerifyTimeout)
            {
                throw new SyncException(SyncErrorCode.NotVerified,
                    $"function `{function.FullName}` was made, but reads did not show it within {sync.VerifyTimeout}");
            }

            await Task.Delay(Polls.After(reads), time, stopping);
        }
    }

    // Where the database words the text in its own way, what it tells now is what it is compared with from now on.
    private void Trust(GuardFunction function, ToldFunction told)
    {
        if (!function.Says(told) && artefacts.IsChangedByOthers(told))
        {
            throw NotOurs($"function `{function.FullName}` does not say what it was made to say, and that this service changed it last is not told");
        }

        fence.State.GuardFunctions.Single(made => made.FullName == function.FullName).Told =
            function.Says(told) ? null : GuardTrust.FingerprintOf(told);
        _told[function.FullName] = told;
        _distrusted.Remove(function.FullName);
        _sound.Add(function.FullName);
    }

    private SyncException NotOurs(string fault)
    {
        findings.IsTampered = true;
        return new SyncException(SyncErrorCode.InvalidPlan, fault);
    }

    private async Task VerifyAsync()
    {
        var since = time.GetTimestamp();
        for (var reads = 0; !Plan.Shows(await tables.GetTableAsync(run.Securable, meter, stopping)); reads++)
        {
            if (time.GetElapsedTime(since) >= sync.VerifyTimeout)
            {
                throw new SyncException(SyncErrorCode.NotVerified,
                    $"row filter or masks of {run.Securable} were set, but reads did not show them within {sync.VerifyTimeout}");
            }

            await Task.Delay(Polls.After(reads), time, stopping);
        }
    }
}
