using System.Collections.Frozen;
using PolicySync.Ranger.Conditions;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.ServiceDefs;
using PolicySync.Ranger.Tags;
using PolicySync.Ranger.Text;

namespace PolicySync.Ranger.Evaluation;

/// <summary>Whether an item of a policy applies to someone who wants something (RangerDefaultPolicyItemEvaluator).</summary>
internal sealed class PolicyItemMatcher
{
    private const string CurrentUser = "{USER}";
    private const string ResourceOwner = "{OWNER}";
    private const string PublicGroup = "public";

    private readonly PolicyPart _part;
    private readonly FrozenSet<string> _accesses;
    private readonly bool _isForEverybody;
    private readonly bool _isForAnyUser;
    private readonly bool _isForOwner;

    public PolicyItemMatcher(RangerPolicyItem item, PolicyPart part, ServiceModel service, TagDates dates)
    {
        Item = item;
        _part = part;
        _accesses = service.AccessTypes.Expand(item.Accesses);
        _isForEverybody = item.Groups.Contains(PublicGroup);
        _isForAnyUser = item.Users.Contains(CurrentUser);
        _isForOwner = item.Users.Contains(ResourceOwner);
        Conditions = [.. item.Conditions.Select(c => Condition.Create(c, service, dates))];
    }

    public RangerPolicyItem Item { get; }

    public Condition[] Conditions { get; }

    /// <summary>Whether the item applies.</summary>
    /// <param name="access">The access type, or <c>_admin</c> for the right to manage policies.</param>
    /// <param name="asker">Who asks.</param>
    /// <param name="policy">Whether the policy itself holds: its conditions, schedules and resources.</param>
    /// <param name="unknown">How conditions that cannot be evaluated are treated.</param>
    public bool Applies(string access, in Asker asker, Truth policy, UnknownConditions unknown)
    {
        if (!IsFor(asker))
        {
            return false;
        }

        if (access == AccessRequest.AdminAccess)
        {
            return Item.DelegateAdmin && Holds(policy, unknown);
        }

        return _accesses.Contains(JavaText.Fold(access)) && Holds(policy.And(Condition.All(Conditions, asker)), unknown);
    }

    /// <summary>Whether the item covers an access type, for any principal; <c>_any</c> means any type that it has.</summary>
    public bool IsForAccess(string access, in Asker asker, UnknownConditions unknown) =>
        (access == AccessRequest.AnyAccess ? _accesses.Count > 0 : _accesses.Contains(JavaText.Fold(access)))
        && Holds(Condition.All(Conditions, asker), unknown);

    private bool IsFor(in Asker asker)
    {
        var subject = asker.Subject;
        return _isForEverybody
            || (_isForAnyUser && (subject.User is not null || subject.IsAnyUser))
            || (subject.User is not null && Item.Users.Contains(subject.User))
            || (_isForOwner && subject.User is not null && subject.User == asker.Owner)
            || Contains(subject.Groups, Item.Groups)
            || Contains(subject.Roles, Item.Roles);
    }

    private bool Holds(Truth truth, UnknownConditions unknown) => truth switch
    {
        Truth.True => true,
        Truth.False => false,
        _ => unknown == UnknownConditions.AsRanger
            || _part is not (PolicyPart.Allow or PolicyPart.DenyException),
    };

    private static bool Contains(IReadOnlySet<string> names, List<string> wanted)
    {
        foreach (var name in wanted)
        {
            if (names.Contains(name))
            {
                return true;
            }
        }

        return false;
    }
}
