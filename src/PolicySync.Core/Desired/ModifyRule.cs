using PolicySync.Core.Privileges;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Desired;

/// <summary>
/// MODIFY is granted only to whom INSERT, UPDATE and DELETE are allowed too, for it hands them out; else those parts that are
/// allowed are granted one by one. A service definition that does not know the parts leaves MODIFY as it was.
/// </summary>
internal sealed class ModifyRule(DesiredContext context, LevelDecider decider, GrantResolver resolver, GapList gaps)
{
    public const string AccessType = "modify";

    private readonly List<string> _parts = [.. context.Policies.Engine.AccessTypes.Select(type => type.ToLowerInvariant()).Where(IsPart)];

    /// <summary>MODIFY goes first: what is said of it need not be said of its parts.</summary>
    public static IEnumerable<string> Ordered(IEnumerable<string> accessTypes) =>
        accessTypes.OrderBy(type => type != AccessType).ThenBy(type => type, StringComparer.Ordinal);

    public static bool IsPart(string accessType) => Privilege.IsPartOfModify(Privilege.OfAccessType(accessType));

    /// <summary>Whether the holder may have all that the access type hands out; where not, a gap says so.</summary>
    public bool MayHold(Candidate holder, string accessType)
    {
        if (accessType != AccessType || _parts.Count == 0 || resolver.MayHoldAll(holder, _parts))
        {
            return true;
        }

        var subject = context.Subjects.Of(holder);
        var against = _parts.Select(part => decider.Decide(subject, part)).FirstOrDefault(decision => !decision.IsAllowed);
        gaps.Withheld(
            against.Kind == DecisionKind.Withheld ? against.Code : against == default ? GapCode.GroupWithheld : GapCode.PrivilegeNotApplicable,
            context.Candidates.Spelled(holder), Privilege.Modify,
            "MODIFY would hand out INSERT, UPDATE or DELETE, of which policy does not give each"
            + (against.PolicyName is { } name ? $" (policy `{name}`)" : "") + "; those that policy gives are granted one by one",
            against.PolicyId);
        return false;
    }

    /// <summary>Whether the same is already said of MODIFY.</summary>
    public bool IsTold(Withholding withheld, string accessType) =>
        IsPart(accessType) && gaps.Tells(withheld.Code, context.Candidates.Spelled(withheld.Principal), Privilege.Modify, withheld.PolicyId);
}
