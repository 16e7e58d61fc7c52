using PolicySync.Core.Auditing;
using PolicySync.Core.Errors;
using PolicySync.Core.Guards;
using PolicySync.Core.Runs;
using PolicySync.Grains.Resources.Reading;
using PolicySync.Grains.Resources.Runs;

namespace PolicySync.Grains.Resources.Writing;

/// <summary>Carries out steps that change a table's row filter and masks (docs/adr/0012).</summary>
internal sealed class GuardWriter(
    FencedWriter writer, GuardReader reader, RunCalls calls, ChangeTracker changes, RunSettings settings, TimeProvider time)
{
    /// <summary>Executes the step's statements in order and reads the table until it shows them.</summary>
    /// <returns>Refused when a statement failed for good, or made something that is not this service's own.</returns>
    /// <exception cref="SyncException">A statement failed for a cause that may pass.</exception>
    public async Task<WriteResult> WriteAsync(RunPlan plan, RunStep.ChangeGuards step)
    {
        var (guards, state) = (step.Plan, writer.State);
        try
        {
            await calls.EnsureWarehouseAsync();
            using var whole = writer.BeginStep();
            guards.Guards.Remember(state.MadeFunctions, plan.Current.Functions.Told, plan.Current.Functions.Memory);

            // Recorded before they are made and until they are gone: a crash leaves no unrecorded function.
            state.GuardFunctions = GuardFunctionState.AllOf(guards.Made);
            foreach (var statement in guards.Statements)
            {
                if (await ExecuteAsync(plan, guards.Guards, statement) is not WriteResult.Shown and var failed)
                {
                    return failed;
                }
            }

            var table = await writer.PollAsync(
                calls.GetTableAsync, guards.Shows, $"row filter or masks of {plan.Inputs.Securable} were set");
            await writer.Audit.TellAnsweredAsync(null);
            var kept = guards.Kept.Select(function => function.FullName).ToHashSet(StringComparer.Ordinal);
            state.GuardFunctions.RemoveAll(function => function.RefusedAt is null && !kept.Contains(function.FullName));
            return new WriteResult.Shown(Table: table);
        }
        catch (SyncException e) when (e.Recovery != Recovery.Retry && e.Code != SyncErrorCode.Suspended)
        {
            return new WriteResult.Refused(e);
        }
    }

    private async Task<WriteResult> ExecuteAsync(RunPlan plan, TableGuards guards, GuardStatement statement)
    {
        var state = writer.State;
        var result = await writer.WriteAsync(
            state.Ledger, left => calls.ExecuteAsync(statement.Sql, left), () => CheckAsync(statement), settings.StatementTimeout, [reader.Table, reader.Schema],
            statement.Change is { } audited ? [AuditChange.Of(plan.Inputs, writer.TaskId, guards, audited)] : []); // what only prepares or cleans up belongs to a change
        if (result is WriteResult.Refused refused)
        {
            if (statement.Tidies is { } function)
            {
                // An unused function is harmless. Recorded, so that not every run tries to drop it.
                state.GuardFunctions.Single(made => made.FullName == function).RefusedAt = time.GetUtcNow();
                return new WriteResult.Shown();
            }

            return refused.Refusal.Recovery == Recovery.Retry ? throw refused.Refusal : refused;
        }

        if (result is WriteResult.Shown)
        {
            state.GuardFunctions.RemoveAll(made => made.FullName == statement.Tidies);
            changes.Add(statement.Change);
        }

        return result;
    }

    // CREATE SCHEMA IF NOT EXISTS may find somebody else's schema, and CREATE OR REPLACE leaves a function to its owner:
    // neither is relied on before a read shows that it is this service's own.
    private async Task CheckAsync(GuardStatement statement)
    {
        if (statement.MakesSchema && await reader.FindFaultOfSchemaAsync() is { } fault)
        {
            throw NotOurs(fault);
        }

        if (statement.Makes is not { } function)
        {
            return;
        }

        var before = reader.FingerprintOf(function.FullName);
        var told = await writer.PollAsync(
            async () => await reader.ReadFunctionAsync(function.FullName) is var (read, faultOfIt) && faultOfIt is null ? read : throw NotOurs(faultOfIt!),
            read => read is not null && (function.Says(read) || GuardTrust.FingerprintOf(read) != before),
            $"function `{function.FullName}` was made");
        Trust(function, told!);
    }

    // Where Databricks stores another text than it was given, the function is compared with that text from now on.
    private void Trust(GuardFunction function, ToldFunction told)
    {
        if (!function.Says(told) && reader.IsChangedByOthers(told))
        {
            throw NotOurs($"function `{function.FullName}` does not say what it was made to say, and it is not known whether this service changed it last");
        }

        writer.State.GuardFunctions.Single(made => made.FullName == function.FullName).Told =
            function.Says(told) ? null : GuardTrust.FingerprintOf(told);
        reader.Trust(function.FullName, told);
    }

    private SyncException NotOurs(string fault)
    {
        changes.IsTampered = true;
        return new SyncException(SyncErrorCode.InvalidPlan, fault);
    }
}
