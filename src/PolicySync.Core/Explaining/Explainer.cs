using PolicySync.Core.Access;
using PolicySync.Core.Desired;
using PolicySync.Core.Guards;
using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Core.Privileges;
using PolicySync.Core.Reports;
using PolicySync.Core.Runs;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Evaluation.Tracing;
using PolicySync.Ranger.Text;

namespace PolicySync.Core.Explaining;

/// <summary>
/// Explains why a principal has, or does not have, a privilege on a securable, with the code that computes grants. Pure.
/// </summary>
public sealed class Explainer
{
    private readonly ExplainInputs _run;
    private readonly DesiredContext _context;
    private readonly LevelDecider _decider;
    private readonly ExplainedSubject _principal;
    private readonly Subject _subject;
    private readonly MemberPaths _paths;
    private readonly string _privilege;
    private readonly string _accessType;

    private Explainer(ExplainInputs run, ExplainQuestion question)
    {
        _run = run;
        _context = new DesiredContext(run.Inputs, run.Facts, run.Guards, run.GuardsTables);
        _decider = LevelDecider.At(_context);
        _principal = ExplainedSubject.Find(question.Principal, run.Inputs.Policies, run.Inputs.Directory);
        _subject = _context.Subjects.Of(_principal.Candidate);
        _paths = new MemberPaths(run.Inputs.Policies, run.Inputs.Directory, _principal.Candidate);
        _privilege = Privilege.Normalise(question.Privilege, run.Facts.Securable.Type);
        _accessType = Privilege.AccessTypeOf(_privilege);
    }

    /// <summary>
    /// Why a privilege cannot be asked about on a securable, for people; null when it can. What neither Unity Catalog nor the
    /// service definition knows is not a privilege.
    /// </summary>
    public static string? FaultOf(string privilege, SecurableFacts facts, PolicySnapshot policies) =>
        PrivilegeMatrix.Of(facts.Securable.Type, facts.Kind, privilege) switch
        {
            Applicability.Applicable => null,
            Applicability.NotApplicable => $"`{privilege}` is not a privilege of {facts.Securable} ({facts.Kind})",
            _ => policies.Engine.AccessTypes.Contains(Privilege.AccessTypeOf(privilege), JavaText.IgnoringCase)
                ? null : $"`{privilege}` is neither a privilege of Unity Catalog nor an access type of the service definition",
        };

    /// <summary>What has to be asked about Unity Catalog for a question.</summary>
    public static AccessQuery QueryOf(ExplainQuestion question, RunInputs inputs) => new()
    {
        Principal = ExplainedSubject.Find(question.Principal, inputs.Policies, inputs.Directory).Candidate.Name,
        Privilege = Privilege.Normalise(question.Privilege, inputs.Securable.Type),
        Count = 1,
    };

    /// <summary>Explains.</summary>
    /// <param name="run">The inputs and the outcome of one dry run on the securable.</param>
    /// <param name="question">The question; <see cref="FaultOf"/> is null for its privilege.</param>
    public static Explanation Explain(ExplainInputs run, ExplainQuestion question) => new Explainer(run, question).Explain();

    private Explanation Explain()
    {
        var gaps = new ExplainedGaps(_context, _subject, _principal.Candidate, _privilege).Among(_run.Gaps);
        var policy = ExplainPolicy(gaps);
        var facts = _run.Facts;
        var changes = Changes();
        var access = _run.Access is { } report ? new AccessSide(report, _privilege, _paths) : null;
        return new Explanation(
            _principal.Shown, _privilege,
            new ExplainedSecurable(ResourceResult.TypeOf(facts.Securable), facts.Securable.FullName, facts.Kind, facts.Owner),
            _context.At.UtcDateTime, _run.Desired.PolicyVersion,
            $"{Answer(policy.Decision)} {_privilege} on {facts.Securable}: {policy.Reason}"
                + (access is null ? "" : $". {access.Words(policy.Decision, changes.Count > 0)}"), policy)
        {
            UnityCatalog = access?.Access,
            Difference = access?.Difference(policy.Decision),
            Changes = changes,
            Guards = facts.Securable.Type == SecurableType.Table && GuardPolicies.Concern(_accessType) ? GuardsOn.List(_run.Guards, _subject) : [],
            Gaps = gaps,
            Notes = [.. Notes(access?.Access.Paths ?? []), .. Unmanaged(policy, access?.Access.Paths ?? [])],
        };
    }

    private ExplainedPolicy ExplainPolicy(IReadOnlyList<Gap> gaps)
    {
        var trace = _decider.Trace(_subject, _accessType);
        var decision = _decider.Decide(_subject, _accessType);
        var grants = WantedGrants();
        var words = new PolicyReason(_principal.Shown.Name, _privilege, _run.Facts.Securable, trace);
        var (answer, code, reason) = IsUse ? AnswerUse(words, grants, gaps)
            : decision.Kind == DecisionKind.Withheld ? (PolicyAnswer.Withheld, decision.Code, decision.Reason ?? "")
            : !decision.IsAllowed ? (PolicyAnswer.NotAllowed, (GapCode?)null, words.WhyNot(_decider.Outright(_subject, _accessType)))
            : grants.Count > 0 ? (PolicyAnswer.Allowed, null, words.Why())
            : Withheld(words, gaps);
        var writer = new StepWriter(_context, _decider, _paths);
        return new ExplainedPolicy(
            answer, reason, code, StepWriter.Of(trace.Decision.Verdict), trace.Decision.PolicyId, trace.Decision.PolicyName, StepWriter.Of(trace.End))
        {
            Zone = trace.Zone,
            Steps = writer.Steps(trace),
            StepCount = trace.Steps.Count,
            NotAsked = writer.Unasked(_subject, _accessType),
            Grants = grants,
        };
    }

    private bool IsUse => Privilege.IsUse(_privilege) && _run.Facts.Securable.Type.IsContainer() && _context.Sync.ParentUse;

    // USE follows from what policies give at or below; an explicit deny wins.
    private (PolicyAnswer, GapCode?, string) AnswerUse(PolicyReason words, IReadOnlyList<WantedGrant> grants, IReadOnlyList<Gap> gaps)
    {
        if (grants.Count > 0)
        {
            return (PolicyAnswer.Allowed, null, words.WhyUse(grants[0]));
        }

        var outright = _decider.Outright(_subject, _accessType);
        return outright.Verdict == AccessVerdict.Denied ? (PolicyAnswer.NotAllowed, null, words.WhyNotUse(outright))
            : FirstWithheld(gaps) is { } gap ? (PolicyAnswer.Withheld, gap.Code, gap.Detail)
            : (PolicyAnswer.NotAllowed, null, words.NothingBelow());
    }

    private static (PolicyAnswer, GapCode?, string) Withheld(PolicyReason words, IReadOnlyList<Gap> gaps) =>
        FirstWithheld(gaps) is { } gap ? (PolicyAnswer.Withheld, gap.Code, gap.Detail) : (PolicyAnswer.Withheld, null, words.WhyUnreached());

    private static Gap? FirstWithheld(IReadOnlyList<Gap> gaps) => gaps.FirstOrDefault(gap => gap.Direction == GapDirection.Withheld);

    private List<WantedGrant> WantedGrants()
    {
        var above = _context.GroupsOver(_principal.Candidate).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. _run.Desired.Grants.Where(grant => Includes(grant.Privilege))
                .Select(grant => (Grant: grant, IsOwn: PrincipalKey.Of(grant.Principal) == PrincipalKey.Of(_principal.Candidate.Name)))
                .Where(found => found.IsOwn || above.Contains(found.Grant.Principal))
                .OrderBy(found => !found.IsOwn).ThenBy(found => found.Grant.Principal, StringComparer.Ordinal)
                .Select(found => new WantedGrant(
                    found.Grant.Principal, found.Grant.Privilege, found.Grant.PolicyId, found.Grant.PolicyName,
                    found.IsOwn ? [] : _paths.ToGroup(found.Grant.Principal))),
        ];
    }

    private List<ResourceChange> Changes()
    {
        var above = _context.GroupsOver(_principal.Candidate).Append(_principal.Candidate.Name).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. (_run.Access?.Changes ?? []).Where(change => change is { Principal: { } name, Privilege: { } granted }
                && above.Contains(PrincipalKey.Of(name)) && Includes(granted)).Take(ExplainedGaps.MaxGaps),
        ];
    }

    private bool Includes(string granted) => granted == _privilege
        || (granted == Privilege.AllPrivileges && Privilege.IsImpliedByAll(_privilege))
        || (granted == Privilege.Modify && Privilege.IsPartOfModify(_privilege));

    private string Answer(PolicyAnswer answer) => answer switch
    {
        PolicyAnswer.Allowed => $"policy gives {_principal.Shown.Name}",
        PolicyAnswer.Withheld => $"policy gives {_principal.Shown.Name}, and no grant does,",
        _ => $"policy does not give {_principal.Shown.Name}",
    };

    private IEnumerable<string> Unmanaged(ExplainedPolicy policy, IReadOnlyList<ExplainedPath> paths) => UnmanagedParts.Notes(
        _context.Sync, _run.Facts.Securable, paths.Select(path => path.Granted).OfType<string>().Prepend(_privilege),
        policy.Grants.Select(grant => grant.Principal).Concat(paths.Select(path => path.Grantee)).Prepend(_principal.Shown.Name));

    private IEnumerable<string> Notes(IReadOnlyList<ExplainedPath> paths)
    {
        if (_principal.Note is { } note)
        {
            yield return note;
        }

        if (_principal.Candidate.IsGroup)
        {
            yield return "a group is evaluated as itself and every group that contains it; gaps say what is denied to some of its members";
        }

        if (paths.Any(path => path.Path == AccessPath.Ownership) && OwnerGaps.IsOnlyBelow(_privilege, _run.Facts.Securable.Type))
        {
            yield return $"the owner of a container has {_privilege} there only in that it may give it to itself on what lies below";
        }

        if (_run.Inputs.Policies.UnreadTags(_run.Inputs.Tags) is { } unread)
        {
            yield return unread;
        }
    }
}
