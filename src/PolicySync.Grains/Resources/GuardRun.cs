using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Guards;
using PolicySync.Core.Options;
using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Core.Securables;
using PolicySync.Grains.Policies;

namespace PolicySync.Grains.Resources;

/// <summary>
/// The row filter and masks of one table in one attempt at a run: what policy wants, what stands, and the statements in
/// between. Statements are writes like a PATCH: each is preceded by an intent row, only with a longer time (docs/adr/0012).
/// </summary>
internal sealed class GuardRun(
    ITableGuards tables, Run run, WriteFence fence, RunFindings findings, CallMeter meter, FreshPolicies policies, PrincipalSnapshot directory,
    SyncOptions sync, int expandUpTo, TimeSpan statementTimeout, SecurableTags? tags, TimeProvider time, CancellationToken stopping)
{
    private static readonly TimeSpan FirstPoll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan MaxPoll = TimeSpan.FromSeconds(2);

    /// <summary>Text of what functions were made from that one securable's state may hold; more is not known any more.</summary>
    private const int MaxContent = 128 * 1024;

    private DateTimeOffset _at;

    /// <summary>What policy wants, and can be set.</summary>
    public TableGuards Guards { get; private set; } = null!;

    /// <summary>What is to be done about it.</summary>
    public GuardPlan Plan { get; private set; } = null!;

    /// <summary>Whether there is anything to be done.</summary>
    public bool IsPending => findings.GuardFault is null && !Plan.IsEmpty;

    /// <summary>Takes note of the table as it was just read.</summary>
    public void Observe(TableShape table, DateTimeOffset at)
    {
        _at = at;
        Guards = At(table, at);
        PlanGuards();
    }

    /// <summary>Whether what policy wants would show somebody more than the guards in force do.</summary>
    public bool WouldWeaken => findings.GuardFault is null && Guards.WouldWeaken(Made, Told);

    /// <summary>Keeps what those must not see more of who can read against policy.</summary>
    public void Keep(GuardKeeping keeping)
    {
        Guards = At(Guards.Table, _at).Keep(Made, Told, keeping);
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

    private IReadOnlyDictionary<string, ToldFunction> Told { get; } = new Dictionary<string, ToldFunction>();

    private void PlanGuards()
    {
        Plan = GuardPlan.Of(Guards, Made, time.GetUtcNow());
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

        Observe(await tables.GetTableAsync(run.Securable, meter, stopping), _at);
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
        fence.State.GuardFunctions.RemoveAll(made => made.FullName == statement.Tidies);
        findings.Did(statement.Change);
    }

    private async Task VerifyAsync()
    {
        var since = time.GetTimestamp();
        for (var wait = FirstPoll; !Plan.Shows(await tables.GetTableAsync(run.Securable, meter, stopping)); wait = wait * 2 < MaxPoll ? wait * 2 : MaxPoll)
        {
            if (time.GetElapsedTime(since) >= sync.VerifyTimeout)
            {
                throw new SyncException(SyncErrorCode.NotVerified,
                    $"row filter or masks of {run.Securable} were set, but reads did not show them within {sync.VerifyTimeout}");
            }

            await Task.Delay(wait, time, stopping);
        }
    }
}
