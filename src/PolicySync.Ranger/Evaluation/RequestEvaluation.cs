namespace PolicySync.Ranger;

/// <summary>Answers one request.</summary>
internal sealed class RequestEvaluation
{
    private const string TokenPrefix = "token:";

    private readonly AccessRequest _request;
    private readonly ServiceModel _service;
    private readonly EngineOptions _options;
    private readonly Subject _subject;
    private readonly RequestFacts _facts;
    private readonly MatchContext _context;

    public RequestEvaluation(
        AccessRequest request, ServiceModel service, RoleGraph roles, RangerUserStore? userStore, EngineOptions options)
    {
        _request = request;
        _service = service;
        _options = options;
        var groups = request.UserGroups.ToHashSet(StringComparer.Ordinal);
        _subject = new Subject(
            request.User,
            groups,
            roles.RolesOf(request.User, groups).Concat(request.UserRoles).ToHashSet(StringComparer.Ordinal));
        _facts = new RequestFacts { Context = request.Context };
        _context = new MatchContext(TokensOf(request), expression => ValueOf(expression, request.User, userStore));
    }

    /// <summary>May this be accessed?</summary>
    public Decision EvaluateAccess(PolicyRepository policies)
    {
        var combiner = new PolicyCombiner(Question());
        foreach (var candidate in Candidates(policies, RangerPolicy.AccessType))
        {
            if (combiner.Ask(candidate))
            {
                break;
            }
        }

        return combiner.Finish();
    }

    private PolicyQuestion Question()
    {
        var accesses = _request.IsAny ? _service.AccessTypes.Names : _request.AllAccessTypes;
        if (accesses.Count == 0)
        {
            return new AccessQuestion(
                _request.AccessType ?? AccessRequest.AnyAccess,
                _subject,
                _request.Resource.OwnerUser,
                _facts,
                _request.IgnoresDescendantDeny);
        }

        // "Any access" that minds denies below asks for each access type as a group of its own.
        var groups = _request.IsAny && !_request.IgnoresDescendantDeny
            ? [.. accesses.Select(access => (IReadOnlyCollection<string>)[access])]
            : _request.AllAccessTypeGroups;
        return new AccessesQuestion(_request, accesses, groups, _subject, _facts);
    }

    private IEnumerable<Candidate> Candidates(PolicyRepository policies, int policyType)
    {
        var wantsDescendants = _request.IsAny || _request.IncludesDescendants;
        var reach = wantsDescendants ? Reach.Descendants : Reach.Self;
        foreach (var policy in policies.Likely(policyType, _request.Resource, reach, _request.ElementScopes))
        {
            var isOpen = policy.Resources.IsUnknown && _options.UnknownConditions == UnknownConditions.AgainstAccess;
            var certainty = policy.Validity.At(_request.AccessTime).And(isOpen ? Truth.Unknown : Truth.True);
            var sets = isOpen ? policy.Resources.Widest : policy.Resources.Sets;
            var match = certainty == Truth.False
                ? ResourceMatch.None
                : PolicyResources.BestOf(sets, _request.Resource, _request.ElementScopes, _context);
            if (match is ResourceMatch.Self or ResourceMatch.SelfAndAllDescendants
                || (match == ResourceMatch.Descendant && wantsDescendants))
            {
                yield return new Candidate(policy, match, certainty);
            }
        }
    }

    private static Dictionary<string, string> TokensOf(AccessRequest request)
    {
        var tokens = request.Context
            .Where(c => c.Key.StartsWith(TokenPrefix, StringComparison.Ordinal))
            .ToDictionary(c => c.Key[TokenPrefix.Length..], c => c.Value, StringComparer.Ordinal);
        if (request.User is not null)
        {
            tokens["USER"] = request.User;
        }

        if (request.Resource.OwnerUser is not null)
        {
            tokens["OWNER"] = request.Resource.OwnerUser;
        }

        return tokens;
    }

    // A script that fails gives nothing, in Ranger too.
    private static string ValueOf(string expression, string? user, RangerUserStore? userStore) =>
        RequestExpression.AttributeOf(expression) switch
        {
            null => "",
            "_name" => user ?? "",
            var name => userStore?.UserAttrMapping.GetValueOrDefault(user ?? "")?.GetValueOrDefault(name) ?? "",
        };
}
