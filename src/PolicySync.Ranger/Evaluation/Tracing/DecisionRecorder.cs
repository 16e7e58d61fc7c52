using PolicySync.Ranger.Conditions;

namespace PolicySync.Ranger.Evaluation.Tracing;

/// <summary>
/// Records an evaluation while it runs. The evaluation tells it what it found and takes nothing from it, so a recorded evaluation
/// decides as one that is not recorded.
/// </summary>
internal sealed class DecisionRecorder
{
    private readonly List<TraceStep> _steps = [];
    private readonly List<TraceItem> _items = [];
    private IReadOnlyList<TraceCondition> _conditions = [];
    private Truth _holds;
    private PolicyPart? _givenBy;
    private Decision _standing;
    private TraceEnd _end;

    /// <summary>The steps so far.</summary>
    public IReadOnlyList<TraceStep> Steps => _steps;

    /// <summary>How many of the steps are of tag policies.</summary>
    public int OfTags { get; private set; }

    /// <summary>What the tag policies decided.</summary>
    public AccessDecision ByTags { get; private set; }

    /// <summary>Why the evaluation ended.</summary>
    public TraceEnd End => _end;

    /// <summary>A policy is asked.</summary>
    /// <param name="conditions">Its own conditions.</param>
    /// <param name="asker">Who asks.</param>
    /// <param name="holds">Whether it applies at all.</param>
    public void BeginPolicy(Condition[] conditions, in Asker asker, Truth holds)
    {
        _items.Clear();
        (_conditions, _holds, _givenBy) = (Evaluated(conditions, asker), holds, null);
    }

    /// <summary>An item of the policy is asked.</summary>
    public void Ask(PolicyItemMatcher item, int index, in ItemFit fit, in Asker asker)
    {
        if (fit.By.Kind != NamedByKind.Nothing)
        {
            _items.Add(new TraceItem(item.Part, index, fit.By, Of(fit.Holds), Evaluated(item.Conditions, asker), fit.Applies));
        }
    }

    /// <summary>The policy has given its verdict.</summary>
    public void EndPolicy(PolicyPart? givenBy) => _givenBy = givenBy;

    /// <summary>The policy has been asked, and this is the decision now.</summary>
    public void Asked(in Candidate candidate, Decision decision)
    {
        _steps.Add(StepOf(candidate) with
        {
            IsAsked = true,
            Holds = Of(_holds),
            Conditions = _conditions,
            Items = [.. _items],
            GivenBy = _givenBy,
            Verdict = PreparedPolicy.VerdictOf(_givenBy),
            IsChange = !ReferenceEquals(decision.Policy, _standing.Policy) || decision.IsAllowed != _standing.IsAllowed,
        });
        _standing = decision;
        _end = decision.IsAllowed ? TraceEnd.Allowed : decision.IsFinal ? TraceEnd.Denied : TraceEnd.EveryPolicyAsked;
    }

    /// <summary>The decision is final before this policy is asked.</summary>
    public void NotAsked(in Candidate candidate, Decision decision)
    {
        _steps.Add(StepOf(candidate));
        _end = decision.IsAllowed ? TraceEnd.AllowedByPriority : TraceEnd.DeniedByTag;
    }

    /// <summary>The tag policies have decided.</summary>
    public void EndTags(Decision decision) => (OfTags, ByTags) = (_steps.Count, decision.ToAccessDecision());

    /// <summary>No policy is left, and nothing was final.</summary>
    public void EndPolicies(bool deniedByTags) => _end = deniedByTags ? TraceEnd.TagDenialRemains : TraceEnd.EveryPolicyAsked;

    /// <summary>A policy that is not asked.</summary>
    public static TraceStep StepOf(in Candidate candidate) =>
        new() { Policy = candidate.Policy.Policy, Match = candidate.Match, Tag = candidate.Tag };

    private static IReadOnlyList<TraceCondition> Evaluated(Condition[] conditions, in Asker asker)
    {
        var evaluated = new TraceCondition[conditions.Length];
        for (var i = 0; i < conditions.Length; i++)
        {
            evaluated[i] = new(conditions[i].Description, Of(conditions[i].Evaluate(asker)));
        }

        return evaluated;
    }

    private static TraceTruth Of(Truth truth) => truth switch
    {
        Truth.True => TraceTruth.True,
        Truth.False => TraceTruth.False,
        _ => TraceTruth.Unknown,
    };
}
