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
        Plan = GuardPlan.Of(Guards, [.. fence.State.GuardFunctions.Select(function => function.ToMade())], time.GetUtcNow());
        findings.Undropped = Plan.Undropped;
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
        fence.State.GuardFunctions = [.. Plan.Made.Select(GuardFunctionState.Of)];
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
