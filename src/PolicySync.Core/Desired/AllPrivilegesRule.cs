using PolicySync.Core.Privileges;
using PolicySync.Core.Tasks;
using PolicySync.Ranger.Text;

namespace PolicySync.Core.Desired;

/// <summary>
/// ALL_PRIVILEGES is granted only where every part of it is allowed (specification §3.7): Databricks evaluates it at the time
/// of access, for this kind and everything below.
/// </summary>
internal sealed class AllPrivilegesRule(DesiredContext context, LevelDecider decider, GrantResolver resolver, GapList gaps)
{
    public const string AccessType = "all_privileges";

    private readonly List<string> _checks = [.. PartsOf(context).Append(AccessType).Order(StringComparer.Ordinal)];

    /// <summary>Whether ALL_PRIVILEGES includes the privilege here.</summary>
    public bool Includes(string accessType) => accessType != AccessType && _checks.Contains(accessType);

    /// <summary>
    /// The holders of ALL_PRIVILEGES for a candidate; null when the candidate may not have it, and the privileges that policy
    /// gives are granted one by one.
    /// </summary>
    public Resolution? Resolve(Candidate candidate)
    {
        if (resolver.MayHoldAll(candidate, _checks))
        {
            return resolver.Resolve(candidate, AccessType);
        }

        var subject = context.Subjects.Of(candidate);
        var whole = decider.Decide(subject, AccessType);
        if (whole.Kind != DecisionKind.NotAllowed)
        {
            Report(candidate, whole, _checks.Select(type => decider.Decide(subject, type)).FirstOrDefault(decision => !decision.IsAllowed));
        }

        return null;
    }

    private void Report(Candidate candidate, Decision whole, Decision against)
    {
        var code = against.Kind == DecisionKind.Withheld ? against.Code
            : against != default ? GapCode.PrivilegeNotApplicable
            : !candidate.IsGroup || _checks.Exists(type => decider.CanBeTaken(type) && resolver.ClassesOf(candidate.Name, type) is null)
                ? GapCode.MembershipUnknown
            : GapCode.GroupWithheld;
        gaps.Withheld(code, context.Candidates.Spelled(candidate, against.PolicyId ?? whole.PolicyId), Privilege.AllPrivileges,
            "ALL_PRIVILEGES includes a privilege that policy does not give"
            + (against.PolicyName is { } name ? $" (policy `{name}`)" : "") + "; the privileges that policy gives are granted one by one",
            against.PolicyId ?? whole.PolicyId);
    }

    // Everything that Databricks includes, whether or not the service definition lists it; for names newer than this program,
    // what the service definition lists.
    private static IEnumerable<string> PartsOf(DesiredContext context)
    {
        var engine = context.Policies.Engine;
        var implied = PrivilegeMatrix.ImpliedByAllPrivileges(context.Type, context.Facts.Kind);
        var impliedByRanger = engine.ImpliedBy(AccessType);
        return engine.AccessTypes.Select(JavaText.Fold).Where(type =>
            implied.Contains(Privilege.OfAccessType(type))
            || (impliedByRanger.Contains(type)
                && PrivilegeMatrix.Of(context.Type, context.Facts.Kind, type) == Applicability.Unknown));
    }
}
