using PolicySync.Core.Planning;
using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Core.Privileges;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Ranger;

namespace PolicySync.Core.Desired;

/// <summary>Finds the differences that do not come from withholding a grant: what a grant cannot say at all.</summary>
internal sealed class GapFinder(
    PolicySnapshot policies,
    PrincipalSnapshot directory,
    SecurableFacts facts,
    Subjects subjects,
    Candidates candidates,
    LevelDecider decider,
    GapList gaps)
{
    private SecurableType Type => facts.Securable.Type;

    public void Find(IReadOnlyCollection<DesiredGrant> grants)
    {
        FindInherited(grants);
        FindUncertain();
        FindOwnerItems();
        FindOwnerAccess();
        FindUnresolvedDenies();
        FindColumns(grants);
    }

    // Ranger does not inherit: a policy on a catalog says nothing about its tables. A grant on the catalog does.
    private void FindInherited(IReadOnlyCollection<DesiredGrant> grants)
    {
        foreach (var grant in grants.Where(grant => PrivilegeMatrix.IsInheritable(grant.Privilege, Type)))
        {
            gaps.Exposed(GapCode.InheritedAccess, Spelled(grant.Principal), grant.Privilege,
                $"granted on {facts.Securable}, so it also holds for everything below, which the policy does not name", grant.PolicyId);
        }
    }

    private void FindUncertain()
    {
        foreach (var policy in Type.IsContainer() ? decider.Own : decider.AtOrBelow)
        {
            foreach (var uncertainty in policy.Uncertainties)
            {
                ReportUncertain(policy, uncertainty);
            }
        }

        foreach (var guard in decider.GuardPolicies)
        {
            foreach (var uncertainty in guard.Uncertainties)
            {
                ReportUncertain(guard, uncertainty);
            }
        }
    }

    private void ReportUncertain(MatchedPolicy policy, PolicyUncertainty uncertainty)
    {
        IEnumerable<Candidate> named = uncertainty.Item is { } item ? candidates.NamedBy(item) : candidates.NamedBy(policy.Policy);
        foreach (var candidate in named.Distinct().DefaultIfEmpty())
        {
            gaps.Withheld(GapCode.ConditionUnsupported, candidate.Name is { } name ? policies.Names.Spelled(name) : null,
                OnlyPrivilege(uncertainty.Item),
                $"policy `{policy.Policy.Name}`: {uncertainty.Reason}; what cannot be evaluated counts against access", policy.Policy.Id);
        }
    }

    private void FindOwnerItems()
    {
        foreach (var policy in decider.Own)
        {
            foreach (var item in policy.Policy.PolicyItems.Where(NamesOwner))
            {
                gaps.Withheld(GapCode.OwnerMacro, NameMapper.OwnerMacro, OnlyPrivilege(item),
                    $"policy `{policy.Policy.Name}` gives it to whoever owns the object, which no grant can say", policy.Policy.Id);
            }

            foreach (var item in policy.Policy.DenyPolicyItems.Where(NamesOwner))
            {
                gaps.Exposed(GapCode.OwnerMacro, NameMapper.OwnerMacro, OnlyPrivilege(item),
                    $"policy `{policy.Policy.Name}` denies it to whoever owns the object; ownership gives it all the same", policy.Policy.Id);
            }
        }
    }

    // Ownership gives everything and cannot be limited by grants; said only where policy denies the owner something,
    // or every securable would carry this gap for ever.
    private void FindOwnerAccess()
    {
        if (facts.Owner is not { } owner)
        {
            return;
        }

        var subject = directory.KindOf(owner) is PrincipalKind.Group or PrincipalKind.WorkspaceGroup
            ? subjects.Group(owner)
            : subjects.User(PrincipalKey.Of(owner));
        foreach (var accessType in decider.Restrictive.SelectMany(policy => policy.Policy.DenyPolicyItems)
                     .SelectMany(item => item.Accesses).Select(access => access.Type?.ToLowerInvariant()).OfType<string>().Distinct())
        {
            var denial = decider.ExplicitDeny(subject, accessType);
            if (denial.Verdict == AccessVerdict.Denied)
            {
                gaps.Exposed(GapCode.OwnerAccess, owner, accessType.ToUpperInvariant(),
                    $"policy `{denial.PolicyName}` denies it, but `{owner}` owns {facts.Securable} and so has it", denial.PolicyId);
            }
        }
    }

    // A deny for somebody whom the directory does not list cannot be kept: nobody can say who that is.
    private void FindUnresolvedDenies()
    {
        foreach (var policy in decider.Restrictive)
        {
            foreach (var item in policy.Policy.DenyPolicyItems.Concat(policy.Policy.AllowExceptions))
            {
                var unknown = candidates.NamedBy(item).Where(candidate => directory.KindOf(candidate.Name) == PrincipalKind.Unknown)
                    .Select(candidate => policies.Names.Spelled(candidate.Name))
                    .Concat(item.Roles.Where(role => !policies.Engine.Roles.Exists(role)));
                foreach (var name in unknown)
                {
                    gaps.Exposed(GapCode.PrincipalUnknown, name, OnlyPrivilege(item),
                        $"policy `{policy.Policy.Name}` denies or excepts `{name}`, whom the directory does not list, so it cannot be kept",
                        policy.Policy.Id);
                }
            }
        }
    }

    private void FindColumns(IReadOnlyCollection<DesiredGrant> grants)
    {
        if (Type != SecurableType.Table)
        {
            return;
        }

        var whole = grants.Where(grant => grant.Privilege is "SELECT" or "ALL_PRIVILEGES")
            .Select(grant => PrincipalKey.Of(grant.Principal)).ToHashSet(StringComparer.Ordinal);
        foreach (var policy in decider.AtOrBelow.Where(policy => policy.Sets.All(set => RangerResources.LevelOf(set) == RangerResources.Column)))
        {
            foreach (var candidate in policy.Policy.PolicyItems.SelectMany(candidates.NamedBy).Distinct()
                         .Where(candidate => !whole.Contains(PrincipalKey.Of(candidate.Name))))
            {
                gaps.Withheld(GapCode.ColumnNotExpressible, policies.Names.Spelled(candidate.Name), "SELECT",
                    $"policy `{policy.Policy.Name}` names columns; a grant is on the whole table", policy.Policy.Id);
            }
        }
    }

    private static bool NamesOwner(RangerPolicyItem item) => item.Users.Contains(NameMapper.OwnerMacro);

    private static string? OnlyPrivilege(RangerPolicyItem? item) =>
        item?.Accesses is [{ Type: { } type }] ? type.ToUpperInvariant() : null;

    private string Spelled(string principal) => policies.Names.Spelled(PrincipalKey.Of(principal));
}
