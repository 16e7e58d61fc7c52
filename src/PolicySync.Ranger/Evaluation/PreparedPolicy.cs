namespace PolicySync.Ranger;

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
    private readonly ServiceModel _service;
    private PolicySummary? _summary;

    public PreparedPolicy(RangerPolicy policy, ServiceModel service, EngineOptions options)
    {
        Policy = policy;
        _service = service;
        _unknown = options.UnknownConditions;
        _conditions = [.. policy.Conditions.Select(c => Condition.Create(c, service))];
        _allow = Items(policy.PolicyItems, PolicyPart.Allow, service);
        if (service.HasDenyAndExceptions)
        {
            _deny = Items(policy.DenyPolicyItems, PolicyPart.Deny, service);
            _allowExceptions = Items(policy.AllowExceptions, PolicyPart.AllowException, service);
            _denyExceptions = Items(policy.DenyExceptions, PolicyPart.DenyException, service);
        }

        _dataMasks = Items(policy.DataMaskPolicyItems, PolicyPart.DataMask, service);
        _rowFilters = Items(policy.RowFilterPolicyItems, PolicyPart.RowFilter, service);
        Resources = new PolicyResources(policy, service);
        Validity = new PolicyValidity(policy.ValiditySchedules, options);
        Score = PolicyOrder.Score(policy, service, Resources.IsDynamic, EvaluatedConditions());
        Uncertainties = [.. FindUncertainties()];
    }

    public RangerPolicy Policy { get; }

    public PolicyResources Resources { get; }

    public PolicyValidity Validity { get; }

    /// <summary>What a grant, which knows no request, cannot evaluate.</summary>
    public IReadOnlyList<PolicyUncertainty> Uncertainties { get; }

    /// <summary>What the policy says by name, for ACLs; made when first asked for, and twice at worst.</summary>
    public PolicySummary Summary => _summary ??= new PolicySummary(Policy, _service);

    public int Priority => Policy.PolicyPriority;

    public int Score { get; }

    /// <summary>Whether the policy can deny. Ranger asks the policy as written, also where the service switches denies off.</summary>
    public bool HasDeny => Policy.IsDenyAllElse || Policy.DenyPolicyItems.Count > 0;

    /// <summary>This policy's own verdict (RangerDefaultPolicyEvaluator.getMatchingPolicyItem).</summary>
    /// <param name="access">The access type.</param>
    /// <param name="asker">Who asks.</param>
    /// <param name="certainty">Whether the policy is valid and matches; unknown where that cannot be told.</param>
    public AccessVerdict Judge(string access, in Asker asker, Truth certainty)
    {
        var holds = certainty.And(Condition.All(_conditions, asker));
        if (holds == Truth.False)
        {
            return AccessVerdict.Undetermined;
        }

        if (Any(_deny, access, asker, holds) && !Any(_denyExceptions, access, asker, holds))
        {
            return AccessVerdict.Denied;
        }

        if (Any(_allow, access, asker, holds) && !Any(_allowExceptions, access, asker, holds))
        {
            return AccessVerdict.Allowed;
        }

        return Policy.IsDenyAllElse && Policy.PolicyType == RangerPolicy.AccessType
            ? AccessVerdict.Denied
            : AccessVerdict.Undetermined;
    }

    /// <summary>The first mask or filter that applies; null when none does.</summary>
    public RangerPolicyItem? FirstItem(int policyType, string access, in Asker asker, Truth certainty)
    {
        var items = policyType == RangerPolicy.DataMaskType ? _dataMasks : _rowFilters;
        var holds = certainty.And(Condition.All(_conditions, asker));
        foreach (var item in items)
        {
            if (holds != Truth.False && item.Applies(access, asker, holds, _unknown))
            {
                return item.Item;
            }
        }

        return null;
    }

    /// <summary>Whether an item may be for someone who asks for several accesses.</summary>
    public bool HasItemsFor(in Asker asker, AccessRequest request) => MatchableItems.Any(Policy, _service.AccessTypes, asker, request);

    /// <summary>The items of a part that are for an access type, whoever they name.</summary>
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

    private int EvaluatedConditions() => _conditions
        .Concat(new[] { _allow, _deny, _allowExceptions, _denyExceptions, _dataMasks, _rowFilters }.SelectMany(part => part).SelectMany(item => item.Conditions))
        .Count(condition => condition.IsRangers);

    private bool Any(PolicyItemMatcher[] items, string access, in Asker asker, Truth holds)
    {
        foreach (var item in items)
        {
            if (item.Applies(access, asker, holds, _unknown))
            {
                return true;
            }
        }

        return false;
    }

    private IEnumerable<PolicyUncertainty> FindUncertainties() =>
        Resources.Uncertainties
            .Concat(Validity.Uncertainties)
            .Concat(_conditions.Select(c => new PolicyUncertainty(PolicyPart.Policy, null, c.Description)))
            .Concat(OfItems(PolicyPart.Allow, _allow))
            .Concat(OfItems(PolicyPart.Deny, _deny))
            .Concat(OfItems(PolicyPart.AllowException, _allowExceptions))
            .Concat(OfItems(PolicyPart.DenyException, _denyExceptions))
            .Concat(OfItems(PolicyPart.DataMask, _dataMasks))
            .Concat(OfItems(PolicyPart.RowFilter, _rowFilters))
            .Concat(Policy.DataMaskPolicyItems
                .Where(item => HasExpressions(item.DataMaskInfo?.ValueExpr) || HasExpressions(item.DataMaskInfo?.ConditionExpr))
                .Select(item => new PolicyUncertainty(PolicyPart.DataMask, item, "its mask holds expressions, known only at a request")))
            .Concat(Policy.RowFilterPolicyItems
                .Where(item => HasExpressions(item.RowFilterInfo?.FilterExpr))
                .Select(item => new PolicyUncertainty(PolicyPart.RowFilter, item, "its filter holds expressions, known only at a request")));

    private static bool HasExpressions(string? text) => text is not null && RequestExpression.Occurs(text);

    private static IEnumerable<PolicyUncertainty> OfItems(PolicyPart part, PolicyItemMatcher[] items) =>
        items.SelectMany(item => item.Conditions.Select(c => new PolicyUncertainty(part, item.Item, c.Description)));

    private static PolicyItemMatcher[] Items(IEnumerable<RangerPolicyItem> items, PolicyPart part, ServiceModel service) =>
        [.. items.Select(item => new PolicyItemMatcher(item, part, service))];
}
