using System.Globalization;
using PolicySync.Core.Access;
using PolicySync.Core.Errors;
using PolicySync.Core.Guards;
using PolicySync.Core.Options;
using PolicySync.Core.Planning;
using PolicySync.Core.Principals;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Runs;

/// <summary>
/// What is left to do on a securable, and what stays different from policy. A writing run takes the first step and plans
/// again; a dry run prints all of them. Pure: no request, no clock, no log.
/// </summary>
/// <remarks>
/// Where a table's row filter and masks change for readers, revokes come before that step and grants after it, so that no
/// reader sees at any moment what neither the old nor the new policies show (docs/adr/0012).
/// </remarks>
public sealed record RunPlan
{
    private RunPlan()
    {
    }

    /// <summary>The steps, in order; empty when there is nothing to change.</summary>
    public IReadOnlyList<RunStep> Steps { get; private init; } = [];

    /// <summary>Differences from policy that the plan leaves.</summary>
    public IReadOnlyList<Gap> Gaps { get; private init; } = [];

    /// <summary>
    /// Whether the plan must be made again with <see cref="CurrentState.Inherited"/>: a row filter or mask would show more
    /// than before, so it matters who can read the table.
    /// </summary>
    public bool NeedsInherited { get; private init; }

    /// <summary>All changes of direct grants.</summary>
    public required GrantPlan Grants { get; init; }

    /// <summary>All changes of row filter and masks; null where the securable has none to look at.</summary>
    public GuardPlan? Guards { get; private init; }

    /// <summary>What the run has read once.</summary>
    public required RunInputs Inputs { get; init; }

    /// <summary>What policy wants.</summary>
    public required RunTarget Target { get; init; }

    /// <summary>What Unity Catalog has.</summary>
    public required CurrentState Current { get; init; }

    /// <summary>What of the grants is the service's own, as <see cref="Current"/> shows it.</summary>
    public Ledger Ledger => Request.Ledger;

    /// <summary>Grants that were the service's own and that <see cref="Current"/> lacks: another party revoked them.</summary>
    public required IReadOnlyList<LedgerEntry> Gone { get; init; }

    private PlanRequest Request { get; init; } = null!;

    // Where they are not in force yet, SELECT is not granted before they are.
    private GuardPlan? InForce => Guards is { Guards.NeedFunctions: true } ? Guards : null;

    /// <summary>Plans.</summary>
    /// <param name="inputs">What the run has read once.</param>
    /// <param name="target">What policy wants.</param>
    /// <param name="current">What Unity Catalog has.</param>
    /// <param name="holdings">What of that is the service's own.</param>
    /// <param name="refusals">What Unity Catalog refuses.</param>
    public static RunPlan Of(RunInputs inputs, RunTarget target, CurrentState current, Holdings holdings, Refusals refusals)
    {
        var ledger = holdings.Ledger.ForIdentity(inputs.Facts.Identity);
        var request = RequestOf(inputs, target, current, ledger, holdings.LastWrite);
        var grants = refusals.RemoveFrom(GrantPlanner.Plan(request), inputs.Directory);
        var plan = new RunPlan
        {
            Inputs = inputs, Target = target, Current = current, Request = request, Grants = grants,
            Gone = ledger.GoneFrom(inputs.Facts, current.Grants, current.ReadAt, holdings.LastWrite, inputs.Options.Sync.VerifyTimeout),
            Steps = [.. Change(grants, refusals, reliesOn: null)],
            Gaps = GapsOf(target, grants),
        };
        return target.Guards is { } guards ? plan.With(guards, holdings, refusals) : plan;
    }

    /// <summary>The step that carries out nothing but <paramref name="parts"/>; null when nothing is left of them.</summary>
    /// <remarks>For a change that Unity Catalog refuses as a whole.</remarks>
    public RunStep.ChangeGrants? Only(IReadOnlyList<PlanPart> parts, Refusals refusals)
    {
        var guardsComeFirst = Steps.Any(step => step is RunStep.ChangeGuards { Plan.ChangesGuards: true });
        var allowed = parts.Where(part => !(part.Grants && guardsComeFirst)).ToHashSet();
        return Change(Grants.Only(allowed), refusals, guardsComeFirst ? null : InForce).SingleOrDefault();
    }

    /// <summary>Whether a run of another scope would find something to change.</summary>
    public bool LeavesWorkTo(PlanScope scope) => !GrantPlanner.Plan(Request with { AllowRevoke = true, Scope = scope }).IsEmpty;

    /// <summary>Stops a plan that revokes more than one run may.</summary>
    /// <exception cref="SyncException"><see cref="SyncErrorCode.RevokeGuard"/>.</exception>
    public void RequireWithinLimit()
    {
        if (Grants.RevokeLimit.IsTripped)
        {
            throw new SyncException(SyncErrorCode.RevokeGuard,
                $"{Grants.RevokeLimit.Revokes} of {Grants.RevokeLimit.ManagedPairs} grants on {Inputs.Securable} would be revoked, more than "
                + $"Sync:MaxRevokeShare ({Request.MaxRevokeShare.ToString(CultureInfo.InvariantCulture)}); nothing was written. "
                + "If that is meant, repeat the task with requestInfo.allowRevoke");
        }
    }

    // The plan of a table with row filter and masks.
    private RunPlan With(TableGuards wanted, Holdings holdings, Refusals refusals)
    {
        var (told, memory) = (Current.Functions.Told, Current.Functions.Memory);
        var canSet = refusals.OfGuards is null;
        var weakens = canSet && wanted.WouldWeaken(holdings.Functions, told, memory);
        if (weakens && Inputs.Mode != SyncMode.Additive && Current.Inherited is null)
        {
            return this with { NeedsInherited = true, Steps = [] };
        }

        var guards = weakens ? wanted.Keep(holdings.Functions, told, KeepingOf(Inputs, Target, Current, Grants), memory) : wanted;
        var plan = this with
        {
            Guards = GuardPlan.Of(guards, holdings.Functions, Current.ReadAt, Current.Functions.Distrusted),
            Gaps = [.. Gaps, .. GapsOf(refusals), .. guards.Gaps],
        };
        return plan with
        {
            Steps = [.. canSet && !plan.Guards.IsEmpty ? StepsAround(plan.Guards, Grants, refusals) : Change(Grants, refusals, plan.InForce)],
        };
    }

    private static PlanRequest RequestOf(
        RunInputs inputs, RunTarget target, CurrentState current, Ledger ledger, DateTimeOffset? lastWrite) => new()
    {
        Facts = inputs.Facts,
        Desired = target.Desired.Grants,
        Current = current.Grants,
        Ledger = ledger.Observe(inputs.Facts, current.Grants, current.ReadAt, lastWrite, inputs.Options.Sync.VerifyTimeout),
        Mode = inputs.Mode,
        Managed = inputs.Options.Managed,
        Protected = inputs.FindProtected(),
        AdoptExisting = inputs.Options.Sync.AdoptExisting,
        MaxRevokeShare = inputs.Options.Sync.MaxRevokeShare,
        Lapsed = target.Lapsed,
        AllowRevoke = inputs.AllowRevoke,
        Scope = inputs.Scope,
    };

    private static IEnumerable<RunStep.ChangeGrants> Change(GrantPlan grants, Refusals refusals, GuardPlan? reliesOn) => grants.IsEmpty ? [] :
    [
        new RunStep.ChangeGrants(grants, grants.Parts, refusals.RefusesAddWithRemove ? grants.SplitRemoveThenAdd() : [grants])
        {
            ReliesOn = reliesOn,
        },
    ];

    private static IEnumerable<RunStep> StepsAround(GuardPlan guards, GrantPlan grants, Refusals refusals)
    {
        var step = new RunStep.ChangeGuards(guards);
        if (!guards.ChangesGuards)
        {
            return [step, .. Change(grants, refusals, guards)]; // it only drops functions that nothing uses
        }

        // A privilege that ALL_PRIVILEGES supersedes is no part of its own: it goes with the grant.
        List<PlanPart> revokes = [.. grants.Parts.Where(part => !part.Grants)];
        return
        [
            .. Change(grants.RevokesOnly(), refusals, reliesOn: null).Select(change => change with { Parts = revokes }),
            step,
            .. Change(grants.GrantsOnly(), refusals, guards),
        ];
    }

    // The principals that can read the table once its revokes are done, and those that policy lets read it.
    private static GuardKeeping KeepingOf(RunInputs inputs, RunTarget target, CurrentState current, GrantPlan grants)
    {
        var keeping = new GuardKeeping { Directory = inputs.Directory, NeverWeakens = inputs.Mode == SyncMode.Additive };
        if (keeping.NeverWeakens || current.Inherited is not { } inherited)
        {
            return keeping;
        }

        // Tags of containers are not read here: where tags count, what policy wants on containers is not known.
        var above = inputs.Tags is not null ? [] : inputs.Securable.Parents.SelectMany(container => inputs.DesiredOn(container).Grants);
        var own = StandingAccess.After(current.Grants, grants.RevokesOnly().Changes);
        var self = inputs.Directory.Self is { } me ? PrincipalKey.Of(me.Name) : null;
        return keeping with
        {
            Given = [.. target.Desired.Grants, .. above],
            Fault = inherited.Fault,
            Readers = inherited.Fault is not null ? null :
            [
                .. StandingAccess.Readers(target.Guards!.Table.Facts, own, inherited.Grants)
                    .Where(reader => PrincipalKey.Of(reader.Principal) != self),
            ],
        };
    }

    // A grant that Unity Catalog refuses hands nothing down.
    private static IReadOnlyList<Gap> GapsOf(RunTarget target, GrantPlan grants)
    {
        var refused = target.Desired.Grants.Where(grant => grants.Refuses(grant.Principal, grant.Privilege))
            .Select(grant => ((string?)(grant.SpelledAs ?? grant.Principal), (string?)grant.Privilege)).ToHashSet();
        return
        [
            .. target.Desired.Gaps.Where(gap => gap is not { Code: GapCode.InheritedAccess, Direction: GapDirection.Exposed }
                || !refused.Contains((gap.Principal, gap.Privilege))),
            .. grants.Gaps,
        ];
    }

    private static IEnumerable<Gap> GapsOf(Refusals refusals) => refusals.OfGuards is not { } fault ? [] :
    [
        new Gap(GapCode.GuardUnavailable, GapDirection.Withheld, null, "SELECT",
            $"row filters and masks could not be brought in line with policy, so they were left unchanged: {fault}", null),
    ];
}
