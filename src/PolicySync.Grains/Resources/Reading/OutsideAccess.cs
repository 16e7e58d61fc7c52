using PolicySync.Core.Access;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Guards;
using PolicySync.Core.Planning;
using PolicySync.Core.Principals;
using PolicySync.Core.Privileges;
using PolicySync.Core.Runs;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Resources.Queue;

namespace PolicySync.Grains.Resources.Reading;

/// <summary>
/// Access to a securable that its own grants do not show: inherited grants, attribute-based policies, metastore admins. Each
/// costs a request, so each is read only where it matters. One per attempt at a run.
/// </summary>
internal sealed class OutsideAccess(Run run, RunCalls calls, RunInputs inputs)
{
    /// <summary>Grants on containers that are reported for one securable.</summary>
    public const int MaxExcess = 200;

    private InheritedAccess? _inherited;

    /// <summary>What the containers above hand down; read once.</summary>
    public async Task<InheritedAccess> GetInheritedAsync()
    {
        if (_inherited is null)
        {
            var (grants, fault) = await ReadAsync(calls.GetInheritedAsync);
            _inherited = new InheritedAccess(grants, fault);
        }

        return _inherited;
    }

    /// <summary>Has the containers read again: a principal may have been granted access meanwhile.</summary>
    public void Forget() => _inherited = null;

    /// <summary>What policy does not want of such access, and what of it cannot be read.</summary>
    public async Task<IReadOnlyList<Gap>> FindGapsAsync(RunPlan plan) =>
        [.. await FindInheritedAsync(plan), .. await FindGrantPoliciesAsync(plan), .. await FindAdminsAsync(plan)];

    /// <summary>Grants on containers that policy does not want on the securable either.</summary>
    public static IEnumerable<Gap> GapsOf(IEnumerable<ExcessGrant> above, RunPlan plan) => above
        .Where(excess => PrivilegeMatrix.Of(plan.Inputs.Securable.Type, plan.Inputs.Facts.Kind, excess.Privilege) != Applicability.NotApplicable
            && !plan.Target.Desired.Wants(excess.Principal, excess.Privilege))
        .Select(excess => new Gap(GapCode.InheritedAccess, GapDirection.Exposed, excess.Principal, excess.Privilege,
            $"{excess.Container} grants it and hands it down; sync {excess.Container} to have it checked", null));

    // Grants inherited from containers that this task does not inspect. Where it does, the containers' own runs report them; a
    // question makes no such runs.
    // Tags of containers are not read here, so where tags count nothing is reported.
    private async Task<IEnumerable<Gap>> FindInheritedAsync(RunPlan plan)
    {
        var unseen = run is not { DryRun: true, Scope: RunScope.Full, ParentsDone: false } || inputs.Tags is not null ? []
            : inputs.Securable.Parents.Where(parent => run.IsQuestion || !inputs.Options.Sync.ParentUse || !inputs.Options.Managed.Covers(parent)).ToList();
        if (unseen.Count == 0)
        {
            return [];
        }

        var inherited = await GetInheritedAsync();
        if (inherited.Fault is { } fault)
        {
            return [NotRead(GapCode.InheritedAccess, $"whether containers above {inputs.Securable} give more than policy could not be read: {fault}")];
        }

        var wanted = unseen.ToDictionary(container => container, inputs.DesiredOn);
        var known = inputs.FindProtected();
        return GapsOf(
            inherited.Grants
                .Where(grant => wanted.TryGetValue(grant.Container, out var above) && !above.Wants(grant.Principal, grant.Privilege)
                    && PrivilegeMatrix.IsInheritable(grant.Privilege, grant.Container.Type) && !known.Contains(PrincipalKey.Of(grant.Principal)))
                .Select(grant => new ExcessGrant(grant.Container, grant.Principal, grant.Privilege))
                .Take(MaxExcess),
            plan);
    }

    // Attribute-based policies are attached to containers. What one of them gives depends on tags below, which are not read
    // here: it is reported unless policy gives the same on the whole container.
    private async Task<IEnumerable<Gap>> FindGrantPoliciesAsync(RunPlan plan)
    {
        if (run is not { DryRun: true, Scope: RunScope.Full, IsContainer: true })
        {
            return [];
        }

        var (policies, fault) = await ReadAsync(calls.GetGrantPoliciesAsync);
        return fault is not null
            ? [NotRead(GapCode.ForeignPolicy, $"whether attribute-based policies on {inputs.Securable} give more than policy could not be read: {fault}")]
            : from policy in policies
                from principal in policy.Principals
                from privilege in policy.Privileges
                where !plan.Target.Desired.Wants(principal, privilege)
                select new Gap(GapCode.ForeignPolicy, GapDirection.Exposed, principal, privilege,
                    $"the attribute-based policy `{policy.Name}` on {policy.Container} gives it on what lies there and meets its condition; "
                    + "drop that policy, or name the principal in a Ranger policy", null);
    }

    // Inherited grants count where they were read anyway; no request is made for this.
    private async Task<IEnumerable<Gap>> FindAdminsAsync(RunPlan plan)
    {
        if (plan.Guards is not { Guards: var guards } || !MetastoreAdmins.Matter(guards))
        {
            return [];
        }

        var owner = await calls.GetMetastoreOwnerAsync();
        var own = StandingAccess.After(plan.Current.Grants, plan.Grants.Changes, withNew: true);
        var readers = StandingAccess.Readers(inputs.Facts, own, _inherited?.Grants ?? []);
        return MetastoreAdmins.GapOf(guards, inputs.Directory, owner, readers) is { } gap ? [gap] : [];
    }

    private static Gap NotRead(GapCode code, string detail) => new(code, GapDirection.Exposed, null, null, detail, null);

    private static async Task<(IReadOnlyList<T> Answer, string? Fault)> ReadAsync<T>(Func<Task<IReadOnlyList<T>>> readAsync)
    {
        try
        {
            return (await readAsync(), null);
        }
        catch (SyncException e) when (e.Code is SyncErrorCode.PermissionDenied or SyncErrorCode.InvalidPlan)
        {
            return ([], e.Message);
        }
    }
}
