using PolicySync.Ranger.Conditions;
using PolicySync.Ranger.Index;
using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.Scripts;
using PolicySync.Ranger.Tags;

namespace PolicySync.Ranger.Evaluation;

/// <summary>
/// Answers one request in Ranger's own form: zones first, then tag policies, then resource policies. Only the conformance suites
/// and tests make requests; the service evaluates <see cref="PolicyView"/>.
/// </summary>
internal sealed class RequestEvaluation
{
    private readonly AccessRequest _request;
    private readonly EngineParts _parts;
    private readonly Subject _subject;
    private readonly RequestFacts _facts;
    private readonly MatchContext _context;

    public RequestEvaluation(AccessRequest request, EngineParts parts)
    {
        _request = request;
        _parts = parts;
        var groups = request.UserGroups.ToHashSet(StringComparer.Ordinal);
        _subject = new Subject(
            request.User,
            groups,
            request.UserRoles.Count > 0
                ? request.UserRoles.ToHashSet(StringComparer.Ordinal)
                : parts.Roles.RolesOf(request.User, groups));
        var facts = RequestContext.FactsOf(request, parts.UserStore, parts.Dates);
        _context = RequestContext.MatchContextOf(request, _subject, facts);
        _facts = facts.With(
            request.Tags ?? TagsOf(request) ?? []);
    }

    // The empty resource has no tags: only "any access to anything" finds tags without a resource
    // (RangerResourceEvaluatorsRetriever.getEvaluators).
    private IReadOnlyList<ResourceTag>? TagsOf(AccessRequest request) => request.Resource.Names.Count == 0 && !request.IsAny
        ? null
        : _parts.Tags?.TagsOf(request.Resource, WantsDescendants, request.ElementScopes, _context);

    private bool WantsDescendants => _request.IsAny || _request.IncludesDescendants;

    /// <summary>Puts a question of one type of policies to everything that concerns the request.</summary>
    /// <param name="policyType">Type of policies.</param>
    /// <param name="ask">Makes the question for each zone.</param>
    public Decision Evaluate(int policyType, Func<PolicyQuestion> ask)
    {
        if (_parts.SuperUsers.Contains(_request.User, _request.UserGroups))
        {
            return Decision.Always;
        }

        var zones = _parts.Zones.ZonesOf(_request.Resource);
        if (zones.Count == 0 || (zones.Count > 1 && !_request.IsAny))
        {
            return EvaluateEmptyResource(policyType, ask, Evaluate(policyType, ask(), zone: null));
        }

        // Exactly one zone: only its policies count. "Any access" over several: each until one allows.
        var decision = default(Decision);
        foreach (var zone in zones)
        {
            decision = Evaluate(policyType, ask(), zone);
            if (decision.IsAllowed)
            {
                break;
            }
        }

        return decision;
    }

    /// <summary>The question for access.</summary>
    public PolicyQuestion AccessQuestion()
    {
        var accesses = _request.IsAny ? _parts.Service.AccessTypes.Names : _request.AllAccessTypes;
        if (accesses.Count == 0)
        {
            return new AccessQuestion(
                _request.AccessType ?? AccessRequest.AnyAccess,
                _subject,
                _request.Resource.OwnerUser,
                _facts,
                _request.IgnoresDescendantDeny);
        }

        // "Any access" that respects denies below evaluates each access type as a group of its own.
        var groups = _request.IsAny && !_request.IgnoresDescendantDeny
            ? [.. accesses.Select(access => (IReadOnlyCollection<string>)[access])]
            : _request.AllAccessTypeGroups;
        return new AccessesQuestion(_request, accesses, groups, _subject, _facts);
    }

    /// <summary>The question for masks or row filters.</summary>
    public ItemQuestion ItemQuestion(int policyType) => new(
        policyType,
        _request.IsAny ? _parts.Service.AccessTypes.Names : [_request.AccessType!],
        _subject,
        _request.Resource.OwnerUser,
        _facts);

    /// <summary>A row filter with its expressions filled in.</summary>
    public RowFilterInfo? Fill(RowFilterInfo? filter) =>
        filter is null ? null : new RowFilterInfo { FilterExpr = Fill(filter.FilterExpr) };

    /// <summary>A mask with its expressions filled in.</summary>
    public DataMaskInfo? Fill(DataMaskInfo? mask) => mask is null ? null : new DataMaskInfo
    {
        DataMaskType = mask.DataMaskType,
        ConditionExpr = Fill(mask.ConditionExpr),
        ValueExpr = Fill(mask.ValueExpr),
    };

    /// <summary>Who is named in the policies that concern the request.</summary>
    public ResourceAccessInfo AccessInfo()
    {
        var info = new ResourceAccessInfo();
        var zones = _parts.Zones.ZonesOf(_request.Resource);
        foreach (var zone in zones.Count == 0 ? [null] : zones.Cast<string?>())
        {
            var access = _request.IsAny ? AccessRequest.AnyAccess : _request.AccessType!;
            var policies = zone is null ? _parts.Policies : _parts.Zones.PoliciesOf(zone) ?? _parts.Policies;
            foreach (var candidate in TagCandidates(RangerPolicy.AccessType, zone).Concat(Candidates(policies, RangerPolicy.AccessType)))
            {
                info.Add(candidate, access, new Asker(_subject, _request.Resource.OwnerUser, _facts, candidate.Tag));
            }

            info.TakeOffDenied();
        }

        return info;
    }

    private string? Fill(string? text) =>
        ScriptText.Of(text) is { } script ? script.Fill(new ScriptScope(_subject, _facts, tag: null)) : text;

    // "Any access to anything" evaluates every zone.
    private Decision EvaluateEmptyResource(int policyType, Func<PolicyQuestion> ask, Decision decision)
    {
        if (_request.IsAny && _request.Resource.Names.Count == 0)
        {
            foreach (var zone in _parts.Zones.All)
            {
                if (decision.IsAllowed)
                {
                    break;
                }

                decision = Evaluate(policyType, ask(), zone) is { IsAllowed: true } allowed ? allowed : decision;
            }
        }

        return decision;
    }

    private Decision Evaluate(int policyType, PolicyQuestion question, string? zone)
    {
        var combiner = new PolicyCombiner(question, TagDecision.Of(TagCandidates(policyType, zone), question));
        var policies = zone is null ? _parts.Policies : _parts.Zones.PoliciesOf(zone) ?? _parts.Policies;
        foreach (var candidate in Candidates(policies, policyType))
        {
            if (combiner.Ask(candidate))
            {
                break;
            }
        }

        return combiner.Finish();
    }

    private IEnumerable<Candidate> TagCandidates(int policyType, string? zone)
    {
        var tags = WantsDescendants ? _facts.Tags : [.. _facts.Tags.Where(t => t.Match != ResourceMatch.Descendant)];
        return _parts.TagPolicies?.Candidates(policyType, tags, _parts.Zones.TagZoneOf(zone), _request.AccessTime) ?? [];
    }

    private IEnumerable<Candidate> Candidates(PolicyRepository policies, int policyType)
    {
        var reach = WantsDescendants ? Reach.Descendants : Reach.Self;
        foreach (var policy in policies.Likely(policyType, _request.Resource, reach, _request.ElementScopes))
        {
            var isOpen = (policy.Resources.IsUnknown || policy.Resources.IsAmbiguous) && _parts.Options.UnknownConditions == UnknownConditions.AgainstAccess;
            var certainty = policy.Validity.At(_request.AccessTime).And(isOpen ? Truth.Unknown : Truth.True);
            var sets = isOpen ? policy.Resources.Widest : policy.Resources.Sets;
            var match = certainty == Truth.False
                ? ResourceMatch.None
                : PolicyResources.BestOf(sets, _request.Resource, _request.ElementScopes, _context);
            if (match is ResourceMatch.Self or ResourceMatch.SelfAndAllDescendants
                || (match == ResourceMatch.Descendant && WantsDescendants))
            {
                yield return new Candidate(policy, match, certainty);
            }
        }
    }
}
