using PolicySync.Core.Guards;
using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Core.Privileges;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Desired;

/// <summary>Finds the differences from policy that grants cannot express at all.</summary>
internal sealed class GapFinder(DesiredContext context, LevelDecider decider, GrantSet grants, GapList gaps)
{
    private readonly bool _isContainer = context.Type.IsContainer();

    public void Find()
    {
        FindInherited();
        FindUncertain();
        FindUnresolved();
        FindColumns();
        FindUnreached();
        new OwnerGaps(context, decider, gaps).Find();
    }

    // Ranger does not inherit: a policy on a catalog does not apply to its tables. A grant on the catalog does, and so does a
    // tag on it.
    private void FindInherited()
    {
        foreach (var grant in grants.Sorted.Where(grant => PrivilegeMatrix.IsInheritable(grant.Privilege, context.Type)
            && !decider.IsOfTag(grant.PolicyId, grant.PolicyName)))
        {
            gaps.Exposed(GapCode.InheritedAccess, grant.SpelledAs ?? grant.Principal, grant.Privilege,
                $"granted on {context.Facts.Securable}, so it also applies to everything below, which the policy does not name", grant.PolicyId);
        }
    }

    // Objects below a container report their own gaps when they are synced.
    private void FindUncertain()
    {
        foreach (var policy in _isContainer ? decider.Own : decider.AtOrBelow.Concat(decider.Guards.Policies))
        {
            foreach (var uncertainty in policy.Uncertainties)
            {
                ReportUncertain(policy.Policy, uncertainty);
            }
        }
    }

    private void ReportUncertain(RangerPolicy policy, PolicyUncertainty uncertainty)
    {
        IEnumerable<RangerPolicyItem> items = uncertainty.Item is { } one ? [one] : policy.PolicyItems.Concat(AccessItems.Taking(policy))
            .Concat(policy.DenyExceptions).Concat(policy.DataMaskPolicyItems).Concat(policy.RowFilterPolicyItems);
        foreach (var (name, privilege) in items
                     .SelectMany(item => context.Candidates.Written(item, policy.Id).Select(name => ((string?)name, OnlyPrivilege(item)))).DefaultIfEmpty())
        {
            gaps.Withheld(GapCode.ConditionUnsupported, name, privilege,
                $"policy `{policy.Name}`: {uncertainty.Reason}; what cannot be evaluated counts against access", policy.Id);
        }
    }

    // A deny or guard for a principal that the directory does not list cannot be enforced.
    private void FindUnresolved()
    {
        foreach (var policy in decider.Restrictive)
        {
            foreach (var item in AccessItems.Taking(policy.Policy).Where(item => decider.IsOwn(policy) || Concerns(item)))
            {
                ReportUnresolved(policy.Policy, item, "denies or excepts",
                    decider.HidesColumnsFrom(GuardPolicies.Access) && !decider.IsOwn(policy) && IsOnlyOfReading(item) ? CannotBeGuarded : null);
            }
        }

        foreach (var policy in decider.Guards.Policies)
        {
            foreach (var item in GuardPolicies.ItemsOf(policy.Policy).Where(Concerns))
            {
                ReportUnresolved(policy.Policy, item, "filters or masks for", context.Guards is null ? null : CannotBeGuarded);
            }
        }
    }

    // Below a container only what a grant here could reach; other objects report their own gaps.
    private bool Concerns(RangerPolicyItem item) =>
        !_isContainer || context.Items.TypesOf(item).Select(Privilege.OfAccessType)
            .Where(privilege => PrivilegeMatrix.IsInheritable(privilege, context.Type))
            .Any(privilege => grants.All.Any(grant => grant.Privilege == privilege
                || (grant.Privilege == Privilege.AllPrivileges && Privilege.IsImpliedByAll(privilege))));

    private bool IsOnlyOfReading(RangerPolicyItem item) => context.Items.TypesOf(item).All(GuardPolicies.Concern);

    // A row filter or mask identifies the reader without the directory, and hides where it cannot.
    private static bool CannotBeGuarded(string name) => !PrincipalKey.CanNameUser(name);

    private void ReportUnresolved(RangerPolicy policy, RangerPolicyItem item, string does, Func<string, bool>? which = null)
    {
        foreach (var name in context.Candidates.UnresolvedIn(item, policy.Id).Where(name => which?.Invoke(name) != false))
        {
            gaps.Exposed(GapCode.PrincipalUnknown, name, OnlyPrivilege(item),
                $"policy `{policy.Name}` {does} `{name}`, which the directory does not list, so it cannot be enforced", policy.Id);
        }
    }

    private void FindColumns()
    {
        if (context.Type != SecurableType.Table)
        {
            return;
        }

        foreach (var policy in decider.AtOrBelow.Where(policy => !decider.IsOwn(policy)))
        {
            foreach (var item in policy.Policy.PolicyItems)
            {
                foreach (var candidate in context.Candidates.NamedBy(item))
                {
                    ReportColumns(policy, candidate, context.Items.TypesOf(item));
                }
            }
        }
    }

    private void ReportColumns(MatchedPolicy policy, Candidate candidate, IEnumerable<string> accessTypes)
    {
        foreach (var accessType in accessTypes.Where(type => type != AllPrivilegesRule.AccessType
            && PrivilegeMatrix.Of(context.Type, context.Facts.Kind, type) != Applicability.NotApplicable
            && !grants.Reaches(candidate, type)
            && policy.EvaluateAlone(context.Subjects.Of(candidate), type).Verdict == AccessVerdict.Allowed))
        {
            gaps.Withheld(GapCode.ColumnNotExpressible, context.Candidates.Spelled(candidate, policy.Policy.Id), Privilege.OfAccessType(accessType),
                (policy.Tag is { } tag ? $"policy `{policy.Policy.Name}` is for tag `{tag.Type}`, which columns carry" : $"policy `{policy.Policy.Name}` names columns")
                + "; a grant is on the whole table", policy.Policy.Id);
        }
    }

    // A user that only Ranger puts in a group is given by policy what a grant to the group does not give.
    private void FindUnreached()
    {
        foreach (var item in decider.Own.SelectMany(policy => policy.Policy.PolicyItems))
        {
            foreach (var group in context.Candidates.NamedBy(item).Where(candidate => candidate.IsGroup))
            {
                var missing = context.Subjects.UnreachedBy(group.Name).Select(user => new Candidate(user, IsGroup: false)).ToList();
                foreach (var accessType in context.Items.TypesOf(item).Where(type => missing.Count > 0 && type != AllPrivilegesRule.AccessType
                    && PrivilegeMatrix.Of(context.Type, context.Facts.Kind, type) != Applicability.NotApplicable))
                {
                    ReportUnreached(group, accessType, missing.Find(user => !grants.Reaches(user, accessType)
                        && decider.Decide(context.Subjects.Of(user), accessType).Kind != DecisionKind.NotAllowed));
                }
            }
        }
    }

    private void ReportUnreached(Candidate group, string accessType, Candidate user)
    {
        if (user != default)
        {
            var policyId = decider.Decide(context.Subjects.Of(user), accessType).PolicyId;
            gaps.Withheld(GapCode.MembershipUnknown, context.Candidates.Spelled(group, policyId), Privilege.OfAccessType(accessType),
                $"Ranger puts `{context.Candidates.Spelled(user)}` in `{group.Name}` and Databricks does not, so a grant to the group does not reach it",
                policyId);
        }
    }

    private static string? OnlyPrivilege(RangerPolicyItem item) =>
        item.Accesses is [{ Type: { } type }] ? Privilege.OfAccessType(type) : null;
}
