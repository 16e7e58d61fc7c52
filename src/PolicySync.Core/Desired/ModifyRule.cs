using PolicySync.Core.Privileges;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Desired;

/// <summary>
/// MODIFY includes INSERT, UPDATE and DELETE, so it is granted only to principals that are allowed all of them; otherwise the
/// allowed parts are granted one by one. A service definition without the parts leaves MODIFY unchanged.
/// </summary>
internal sealed class ModifyRule(DesiredContext context, LevelDecider decider, GrantResolver resolver, GapList gaps)
{
    public const string AccessType = "modify";

    private readonly List<string> _parts = [.. context.Policies.Engine.AccessTypes.Select(type => type.ToLowerInvariant()).Where(IsPart)];

    /// <summary>Puts MODIFY first, so that a gap of it is not repeated for its parts.</summary>
    public static IEnumerable<string> Ordered(IEnumerable<string> accessTypes) =>
        accessTypes.OrderBy(type => type != AccessType).ThenBy(type => type, StringComparer.Ordinal);

    public static bool IsPart(string accessType) => Privilege.IsPartOfModify(Privilege.OfAccessType(accessType));

    /// <summary>Whether the holder may have everything that the access type includes; adds a gap when it may not.</summary>
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
            "MODIFY includes INSERT, UPDATE and DELETE, and policy does not give all of them"
            + (against.PolicyName is { } name ? $" (policy `{name}`)" : "") + "; the privileges that policy gives are granted one by one",
            against.PolicyId);
        return false;
    }

    /// <summary>Whether a gap of MODIFY already says the same, as its policy or as others spell the principal.</summary>
    public bool IsReported(Withholding withheld, string accessType) => IsPart(accessType)
        && (IsReportedFor(withheld, context.Candidates.Spelled(withheld.Principal)) || IsReportedFor(withheld, context.Candidates.Spelled(withheld.Principal, withheld.PolicyId)));

    private bool IsReportedFor(Withholding withheld, string principal) =>
        gaps.HasWithheld(withheld.Code, principal, Privilege.Modify, withheld.PolicyId);
}
