using PolicySync.Core.Errors;
using PolicySync.Core.Guards;
using PolicySync.Core.Options;
using PolicySync.Core.Planning;
using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Core.Runs;
using PolicySync.Core.Securables;
using PolicySync.Grains.Resources.Queue;
using PolicySync.Grains.Resources.Reading;
using PolicySync.Grains.Resources.Writing;

namespace PolicySync.Grains.Resources.Runs;

/// <summary>
/// Reads what a plan needs, each thing only when it is needed, and plans. One per attempt at a run.
/// </summary>
internal sealed class RunPlanner(
    Run run, WriteFence fence, PolicySnapshot policies, PrincipalSnapshot directory, RunProgress progress, RunServices services,
    CancellationToken stopping)
{
    private RunTarget _target = null!;

    // Whether row filter and masks are looked at: policy wants some on the table, or this service has set some.
    private bool _hasGuards;

    // Null when it has to be read again.
    private CurrentState? _current;

    /// <summary>Unity Catalog.</summary>
    public RunCalls Calls { get; } = new(services.Sources, run, stopping);

    /// <summary>What was read once.</summary>
    public RunInputs Inputs { get; private set; } = null!;

    /// <summary>The fence of the object that has the securable's name now.</summary>
    public WriteFence Fence { get; private set; } = fence;

    /// <summary>Examines the functions of the table's row filter and masks.</summary>
    public GuardReader Guards { get; private set; } = null!;

    /// <summary>Access that the securable's own grants do not show.</summary>
    public OutsideAccess Outside { get; private set; } = null!;

    /// <summary>When a schedule that concerns the securable begins or ends next; null when none does.</summary>
    public DateTimeOffset? ValidUntil => _target.Desired.ValidUntil;

    /// <summary>What Unity Catalog is known to refuse.</summary>
    public Refusals Refusals => progress.Refusals.Known(Inputs, _target, Fence.State, services.Time.GetUtcNow());

    /// <summary>Reads what does not change during the run, and takes over what is recorded of a renamed object.</summary>
    public async Task OpenAsync()
    {
        var options = services.Settings.Plan;
        if (options.Managed.ModeOf(run.Securable) == SyncMode.Exact && directory.Self is null)
        {
            throw new SyncException(SyncErrorCode.InvalidPlan,
                "mode Exact needs SCIM `Me`, which did not answer, or Workspace:Self: without it the service could revoke its own rights");
        }

        var table = run.Facts is null && options.SetsGuards && run.Securable.Type == SecurableType.Table ? await Calls.GetTableAsync() : null;
        Inputs = new RunInputs
        {
            Facts = run.Facts ?? table?.Facts ?? await Calls.GetFactsAsync(),
            Policies = policies,
            Directory = directory,
            Tags = await Calls.GetTagsAsync(policies),
            At = services.Time.GetUtcNow(),
            Scope = ScopeOf(run),
            AllowRevoke = run.AllowRevoke,
            Options = options,
        };
        var current = await ReadAsync();
        Fence = await services.Renamed.TakeOverAsync(run, Fence, Inputs, current.Grants, stopping);
        run.LapsedAt ??= Fence.State.DueAt <= Inputs.At ? Fence.State.DueAt : null;
        Inputs = Inputs with { LapsedAt = run.LapsedAt };
        Outside = new OutsideAccess(run, Calls, Inputs);
        Guards = new GuardReader(Calls, services.Sources.GuardSchemas, Inputs, run.ParentsDone, services.Time);
        _hasGuards = Inputs.CanHaveGuards && (Fence.State.GuardFunctions.Count > 0 || Inputs.WantsGuards);
        await FindTargetAsync(table);
    }

    /// <summary>Plans from what was read since the last write; reads it if it was not.</summary>
    public async Task<RunPlan> PlanAsync()
    {
        var current = _current ?? await ReadAsync();
        var plan = Plan(current);
        if (plan.NeedsInherited)
        {
            _current = current with { Inherited = await Outside.GetInheritedAsync() };
            plan = Plan(_current);
        }

        return plan;
    }

    /// <summary>Has the grants read again before the next plan.</summary>
    public void Forget() => _current = null;

    /// <summary>Plans on from the read that showed a change.</summary>
    public void Accept(CurrentState shown) => _current = shown with { Inherited = _current?.Inherited };

    /// <summary>
    /// Computes what policy wants after the table's row filter and masks were changed, or could not be. Grants are read again too:
    /// a principal may have been granted access meanwhile.
    /// </summary>
    /// <param name="table">The table as it was read since; null to read it.</param>
    public Task ChangeTargetAsync(TableShape? table)
    {
        Outside.Forget();
        Forget();
        return FindTargetAsync(table);
    }

    private async Task FindTargetAsync(TableShape? table)
    {
        if (!_hasGuards)
        {
            _target = RunTarget.Of(Inputs, null, null);
            return;
        }

        var refusals = progress.Refusals;
        table ??= await Calls.GetTableAsync();
        _target = RunTarget.Of(Inputs, table, refusals.OfGuards);
        if (_target.Guards is not { NeedFunctions: true } guards || refusals.OfGuards is not null)
        {
            return;
        }

        var fault = await Guards.FindFaultAsync(guards, Fence.State.MadeFunctions);
        progress.Changes.IsTampered |= fault is not null || Guards.DistrustsAny;
        if (fault is not null)
        {
            refusals.RefuseGuards(fault);
            _target = RunTarget.Of(Inputs, table, fault);
        }
    }

    private RunPlan Plan(CurrentState current) => RunPlan.Of(
        Inputs, _target, _hasGuards ? current with { Functions = Guards.Functions } : current, Fence.State.Holdings, Refusals);

    private async Task<CurrentState> ReadAsync()
    {
        _current = await Calls.GetCurrentAsync();
        progress.Changes.ConfirmBy(_current.Grants);
        return _current;
    }

    private static PlanScope ScopeOf(Run run) => run.Scope switch
    {
        RunScope.UseAdditions => PlanScope.UseAdditionsOnly,
        RunScope.UseRemovals => PlanScope.UseRemovalsOnly,
        RunScope.AfterChildren => PlanScope.AfterChildren,
        _ => run is { IsContainer: true, IsQuestion: false } ? PlanScope.BeforeChildren : PlanScope.Full, // an answer is about all of it
    };
}
