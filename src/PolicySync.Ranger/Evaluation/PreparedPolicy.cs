using PolicySync.Ranger.Conditions;
using PolicySync.Ranger.Evaluation.Tracing;
using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.Schedules;
using PolicySync.Ranger.ServiceDefs;
using PolicySync.Ranger.Tags;

namespace PolicySync.Ranger.Evaluation;

/// <summary>A policy, prepared for matching and evaluation.</summary>
internal sealed class PreparedPolicy
{
    private readonly PolicyItemMatcher[] _allow;
    private readonly PolicyItemMatcher[] _deny = [];
    private readonly PolicyItemMatcher[] _allowExceptions = [];
    private readonly PolicyItemMatcher[] _denyExceptions = [];
    private readonly PolicyItemMatcher[] _dataMasks;
    private readonly PolicyItemMatcher[] _rowFilters;
    private readonly Condition[] _conditions;
    private readonly UnknownConditions _unknown;
    private readonly IReadOnlyList<PolicyUncertainty> _uncertainties;
    private readonly bool _hasConditions;

    public PreparedPolicy(RangerPolicy policy, ServiceModel service, EngineOptions options, TagDates dates)
    {
        Policy = policy;
        Service = service;
        _unknown = options.UnknownConditions;
        _conditions = [.. policy.Conditions.Select(c => Condition.Create(c, service, dates))];
        _allow = Items(policy.PolicyItems, PolicyPart.Allow, service, dates);
        if (service.HasDenyAndExceptions)
        {
            _deny = Items(policy.DenyPolicyItems, PolicyPart.Deny, service, dates);
            _allowExceptions = Items(policy.AllowExceptions, PolicyPart.AllowException, service, dates);
            _denyExceptions = Items(policy.DenyExceptions, PolicyPart.DenyException, service, dates);
        }

        _dataMasks = Items(policy.DataMaskPolicyItems, PolicyPart.DataMask, service, dates);
        _rowFilters = Items(policy.RowFilterPolicyItems, PolicyPart.RowFilter, service, dates);
        Resources = new PolicyResources(policy, service);
        Validity = new PolicyValidity(policy.ValiditySchedules, options);
        _hasConditions = _conditions.Length > 0 || HasConditions(_allow) || HasConditions(_deny) || HasConditions(_allowExceptions)
            || HasConditions(_denyExceptions) || HasConditions(_dataMasks) || HasConditions(_rowFilters);
        Score = PolicyOrder.Score(policy, service, Resources.IsDynamic, _hasConditions ? AllConditions().Count(condition => condition.IsRangers) : 0);
        HasTagDates = _hasConditions && policy.PolicyType == RangerPolicy.AccessType && AllConditions().Any(condition => condition is TagDateCondition);
        _uncertainties = [.. FindUncertainties(static condition => condition.Description)];
    }

    public RangerPolicy Policy { get; }

    public PolicyResources Resources { get; }

    public PolicyValidity Validity { get; }

    /// <summary>Whether it is an access policy with a condition on a date that its tag names.</summary>
    public bool HasTagDates { get; }

    /// <summary>The service whose policy it is: the resource service, or the tag service.</summary>
    public ServiceModel Service { get; }

    public int Priority => Policy.PolicyPriority;

    public int Score { get; }

    /// <summary>Whether the policy can deny. Ranger asks the policy as written, also where the service switches denies off.</summary>
    public bool HasDeny => Policy.IsDenyAllElse || Policy.DenyPolicyItems.Count > 0;

    /// <summary>This policy's own verdict (RangerDefaultPolicyEvaluator.getMatchingPolicyItem).</summary>
    /// <param name="access">The access type.</param>
    /// <param name="asker">Who asks.</param>
    /// <param name="certainty">Whether the policy is valid and matches; unknown where that cannot be decided.</param>
    /// <param name="recorder">Records how; null when no trace is wanted.</param>
    public AccessVerdict Judge(string access, in Asker asker, Truth certainty, DecisionRecorder? recorder = null)
    {
        var holds = certainty.And(Condition.All(_conditions, asker));
        recorder?.BeginPolicy(_conditions, asker, holds);
        var part = holds == Truth.False ? null : DecidingPart(access, asker, holds, recorder);
        recorder?.EndPolicy(part);
        return VerdictOf(part);
    }

    /// <summary>The verdict that a part of a policy gives, where <see cref="PolicyPart.Policy"/> is deny-all-else.</summary>
    public static AccessVerdict VerdictOf(PolicyPart? part) => part switch
    {
        null => AccessVerdict.Undetermined,
        PolicyPart.Allow => AccessVerdict.Allowed,
        _ => AccessVerdict.Denied,
    };

    /// <summary>The first mask or filter that applies; null when none does.</summary>
    public RangerPolicyItem? FirstItem(int policyType, string access, in Asker asker, Truth certainty)
    {
        var items = policyType == RangerPolicy.DataMaskType ? _dataMasks : _rowFilters;
        var holds = certainty.And(Condition.All(_conditions, asker));
        foreach (var item in items)
        {
            if (holds != Truth.False && item.FitOf(access, asker, holds, _unknown).Applies)
            {
                return item.Item;
            }
        }

        return null;
    }

    /// <summary>What a grant, which knows no request, cannot evaluate.</summary>
    /// <param name="tag">The tag through which the policy matches; null when none does.</param>
    /// <param name="at">The time that the grant is for.</param>
    public IReadOnlyList<PolicyUncertainty> UncertaintiesFor(ResourceTag? tag, DateTimeOffset at) =>
        HasTagDates && tag is not null ? [.. FindUncertainties(condition => condition.OpenFor(tag, at))] : _uncertainties;

    /// <summary>When the result of a condition on a date of the tag changes next; null when none does.</summary>
    public DateTimeOffset? NextChange(ResourceTag tag, DateTimeOffset after) =>
        HasTagDates ? AllConditions().Select(condition => condition.NextChange(tag, after)).Min() : null;

    /// <summary>Whether an item may be for someone who asks for several accesses.</summary>
    public bool HasItemsFor(in Asker asker, AccessRequest request) => MatchableItems.Any(Policy, Service.AccessTypes, asker, request);

    /// <summary>The items of a part that cover an access type, for any principal.</summary>
    public List<RangerPolicyItem> NamedFor(PolicyPart part, string access, Asker asker)
    {
        var items = part switch
        {
            PolicyPart.Allow => _allow,
            PolicyPart.Deny => _deny,
            PolicyPart.AllowException => _allowExceptions,
            _ => _denyExceptions,
        };
        return [.. items.Where(item => item.IsForAccess(access, asker, _unknown)).Select(item => item.Item)];
    }

    private static bool HasConditions(PolicyItemMatcher[] items) => Array.Exists(items, static item => item.Conditions.Length > 0);

    private IEnumerable<Condition> AllConditions() => _conditions.Concat(
        new[] { _allow, _deny, _allowExceptions, _denyExceptions, _dataMasks, _rowFilters }.SelectMany(part => part).SelectMany(item => item.Conditions));

    private PolicyPart? DecidingPart(string access, in Asker asker, Truth holds, DecisionRecorder? recorder)
    {
        if (Any(_deny, access, asker, holds, recorder) && !Any(_denyExceptions, access, asker, holds, recorder))
        {
            return PolicyPart.Deny;
        }

        if (Any(_allow, access, asker, holds, recorder) && !Any(_allowExceptions, access, asker, holds, recorder))
        {
            return PolicyPart.Allow;
        }

        return Policy.IsDenyAllElse && Policy.PolicyType == RangerPolicy.AccessType ? PolicyPart.Policy : null;
    }

    private bool Any(PolicyItemMatcher[] items, string access, in Asker asker, Truth holds, DecisionRecorder? recorder)
    {
        for (var i = 0; i < items.Length; i++)
        {
            var fit = items[i].FitOf(access, asker, holds, _unknown);
            recorder?.Ask(items[i], i, fit, asker);
            if (fit.Applies)
            {
                return true;
            }
        }

        return false;
    }

    private IEnumerable<PolicyUncertainty> FindUncertainties(Func<Condition, string?> open) =>
        Resources.Uncertainties
            .Concat(Validity.Uncertainties)
            .Concat(_conditions.Select(open).OfType<string>().Select(reason => new PolicyUncertainty(PolicyPart.Policy, null, reason)))
            .Concat(OfItems(PolicyPart.Allow, _allow, open))
            .Concat(OfItems(PolicyPart.Deny, _deny, open))
            .Concat(OfItems(PolicyPart.AllowException, _allowExceptions, open))
            .Concat(OfItems(PolicyPart.DenyException, _denyExceptions, open))
            .Concat(OfItems(PolicyPart.DataMask, _dataMasks, open))
            .Concat(OfItems(PolicyPart.RowFilter, _rowFilters, open))
            .Concat(Policy.DataMaskPolicyItems
                .Where(item => HasExpressions(item.DataMaskInfo?.ValueExpr) || HasExpressions(item.DataMaskInfo?.ConditionExpr))
                .Select(item => new PolicyUncertainty(PolicyPart.DataMask, item, "its mask contains expressions, which only a request gives a value")))
            .Concat(Policy.RowFilterPolicyItems
                .Where(item => HasExpressions(item.RowFilterInfo?.FilterExpr))
                .Select(item => new PolicyUncertainty(PolicyPart.RowFilter, item, "its filter contains expressions, which only a request gives a value")));

    private static bool HasExpressions(string? text) => text is not null && RequestExpression.Occurs(text);

    private static IEnumerable<PolicyUncertainty> OfItems(PolicyPart part, PolicyItemMatcher[] items, Func<Condition, string?> open) =>
        HasConditions(items) ? OfConditions(part, items, open) : [];

    private static IEnumerable<PolicyUncertainty> OfConditions(PolicyPart part, PolicyItemMatcher[] items, Func<Condition, string?> open) =>
        items.SelectMany(item => item.Conditions.Select(open).OfType<string>().Select(reason => new PolicyUncertainty(part, item.Item, reason)));

    private static PolicyItemMatcher[] Items(IEnumerable<RangerPolicyItem> items, PolicyPart part, ServiceModel service, TagDates dates) =>
        [.. items.Select(item => new PolicyItemMatcher(item, part, service, dates))];
}
