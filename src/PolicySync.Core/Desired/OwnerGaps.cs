using PolicySync.Core.Guards;
using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Core.Privileges;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Desired;

/// <summary>
/// The gaps of owners: grants cannot express <c>{OWNER}</c>, and ownership gives what policy denies.
/// </summary>
internal sealed class OwnerGaps(DesiredContext context, LevelDecider decider, GapList gaps)
{
    private readonly string? _owner = context.Facts.Owner;

    public void Find()
    {
        foreach (var policy in decider.Own)
        {
            FindMacro(policy.Policy);
        }

        if (_owner is not null)
        {
            FindAccess();
        }
    }

    private void FindMacro(RangerPolicy policy)
    {
        foreach (var privilege in PrivilegesOfOwner(policy.PolicyItems))
        {
            gaps.Withheld(GapCode.OwnerMacro, NameMapper.OwnerMacro, privilege,
                $"policy `{policy.Name}` gives it to the owner of the object, which no grant can express", policy.Id);
        }

        foreach (var privilege in PrivilegesOfOwner(AccessItems.Taking(policy)))
        {
            gaps.Exposed(GapCode.OwnerMacro, NameMapper.OwnerMacro, privilege,
                $"policy `{policy.Name}` denies it to the owner of the object, and ownership still grants it", policy.Id);
        }
    }

    // Reported only where policy denies something to the owner; otherwise every securable would have this gap.
    private void FindAccess()
    {
        var (owners, isListed) = Owners();
        foreach (var accessType in AccessTypes().Where(IsApplicable).Distinct().Order(StringComparer.Ordinal))
        {
            if (owners.Select(owner => decider.Outright(owner, accessType)).FirstOrDefault(said => said.Verdict == AccessVerdict.Denied)
                is { Verdict: AccessVerdict.Denied } denial)
            {
                Report(accessType, $"policy `{denial.PolicyName}` denies it", denial.PolicyId);
            }
            else if (!isListed && decider.CanBeDeniedOutright(accessType))
            {
                Report(accessType, $"something here can be denied to members of `{_owner}`, and its members are unknown", null);
            }
        }

        if (context.Type == SecurableType.Table && owners.Select(decider.GuardAgainst).FirstOrDefault(refusal => refusal is not null) is { } guard)
        {
            Report(GuardPolicies.Access, $"the row filter or mask of policy `{guard.Policy.Name}` applies", guard.Policy.Id);
        }
        else if (context.Type == SecurableType.Table && !isListed && decider.CanGuardsWithhold)
        {
            Report(GuardPolicies.Access, $"a row filter or mask can apply to members of `{_owner}`, and its members are unknown", null);
        }
    }

    // Deny-all-else denies everything: a gap of ALL_PRIVILEGES covers what it implies.
    private IEnumerable<string> AccessTypes()
    {
        var named = decider.Own.SelectMany(policy => policy.Policy.PolicyItems.Concat(AccessItems.Taking(policy.Policy))).SelectMany(context.Items.TypesOf);
        return !decider.Own.Any(policy => policy.Policy.IsDenyAllElse) ? named
            : named.Concat(context.Policies.Engine.AccessTypes.Where(type => !Privilege.IsImpliedByAll(Privilege.OfAccessType(type))));
    }

    private bool IsApplicable(string accessType) =>
        PrivilegeMatrix.Of(context.Type, context.Facts.Kind, accessType) != Applicability.NotApplicable;

    private void Report(string accessType, string why, long? policyId) =>
        gaps.Exposed(GapCode.OwnerAccess, _owner, Privilege.OfAccessType(accessType),
            IsOnlyBelow(Privilege.OfAccessType(accessType), context.Type)
                ? $"{why}, but `{_owner}` owns {context.Facts.Securable} and so may give it to itself on what lies below"
                : $"{why}, but `{_owner}` owns {context.Facts.Securable} and so has it", policyId);

    /// <summary>
    /// Whether ownership of a container gives a privilege only in that the owner may grant it: owning a container gives what concerns
    /// the container, and what only reaches below it gives its owner nothing by itself. Source: Databricks, «Manage Unity Catalog
    /// object ownership».
    /// </summary>
    public static bool IsOnlyBelow(string privilege, SecurableType type) =>
        type.IsContainer() && privilege is not (Privilege.Manage or Privilege.AllPrivileges) && PrivilegeMatrix.IsInheritable(privilege, type);

    // A group that owns gives it to each of its members, who may not all be listed.
    private (IReadOnlyList<Subject> Owners, bool AreAll) Owners()
    {
        if (context.Directory.KindOfUser(_owner!) != PrincipalKind.Unknown || context.Directory.KindOfGroup(_owner!) == PrincipalKind.Unknown)
        {
            return ([context.Subjects.User(PrincipalKey.Of(_owner!))], true);
        }

        var members = decider.MembersOf(_owner!);
        return ([context.Subjects.Group(_owner!), .. (members ?? []).Select(same => same.Subject)], members is not null);
    }

    private static IEnumerable<string?> PrivilegesOfOwner(IEnumerable<RangerPolicyItem> items) =>
        items.Where(item => item.Users.Contains(NameMapper.OwnerMacro))
            .SelectMany(item => AccessItems.Written(item).Select(Privilege.OfAccessType)).Distinct();
}
