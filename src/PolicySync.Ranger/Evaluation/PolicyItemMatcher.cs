using System.Collections.Frozen;
using PolicySync.Ranger.Conditions;
using PolicySync.Ranger.Evaluation.Tracing;
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

    private readonly FrozenSet<string> _accesses;
    private readonly bool _isForEverybody;
    private readonly bool _isForAnyUser;
    private readonly bool _isForOwner;

    public PolicyItemMatcher(RangerPolicyItem item, PolicyPart part, ServiceModel service, TagDates dates)
    {
        Item = item;
        Part = part;
        _accesses = service.AccessTypes.Expand(item.Accesses);
        _isForEverybody = item.Groups.Contains(PublicGroup);
        _isForAnyUser = item.Users.Contains(CurrentUser);
        _isForOwner = item.Users.Contains(ResourceOwner);
        Conditions = [.. item.Conditions.Select(c => Condition.Create(c, service, dates))];
    }

    public RangerPolicyItem Item { get; }

    /// <summary>The part of the policy that the item belongs to.</summary>
    public PolicyPart Part { get; }

    public Condition[] Conditions { get; }

    /// <summary>Whether the item applies, and why.</summary>
    /// <param name="access">The access type, or <c>_admin</c> for the right to manage policies.</param>
    /// <param name="asker">Who asks.</param>
    /// <param name="policy">Whether the policy itself holds: its conditions, schedules and resources.</param>
    /// <param name="unknown">How conditions that cannot be evaluated are treated.</param>
    public ItemFit FitOf(string access, in Asker asker, Truth policy, UnknownConditions unknown)
    {
        var by = Naming(asker);
        if (by.Kind == NamedByKind.Nothing)
        {
            return default;
        }

        if (access == AccessRequest.AdminAccess)
        {
            return Item.DelegateAdmin ? new(by, policy, Holds(policy, unknown)) : default;
        }

        if (!_accesses.Contains(JavaText.Fold(access)))
        {
            return default;
        }

        var holds = policy.And(Condition.All(Conditions, asker));
        return new(by, holds, Holds(holds, unknown));
    }

    /// <summary>Whether the item covers an access type, for any principal; <c>_any</c> means any type that it has.</summary>
    public bool IsForAccess(string access, in Asker asker, UnknownConditions unknown) =>
        (access == AccessRequest.AnyAccess ? _accesses.Count > 0 : _accesses.Contains(JavaText.Fold(access)))
        && Holds(Condition.All(Conditions, asker), unknown);

    private NamedBy Naming(in Asker asker)
    {
        var subject = asker.Subject;
        return _isForEverybody ? new(NamedByKind.Public)
            : _isForAnyUser && (subject.User is not null || subject.IsAnyUser) ? new(NamedByKind.AnyUser)
            : subject.User is not null && Item.Users.Contains(subject.User) ? new(NamedByKind.User, subject.User)
            : _isForOwner && subject.User is not null && subject.User == asker.Owner ? new(NamedByKind.Owner)
            : First(subject.Groups, Item.Groups) is { } group ? new(NamedByKind.Group, group)
            : First(subject.Roles, Item.Roles) is { } role ? new(NamedByKind.Role, role)
            : default;
    }

    private bool Holds(Truth truth, UnknownConditions unknown) => truth switch
    {
        Truth.True => true,
        Truth.False => false,
        _ => unknown == UnknownConditions.AsRanger
            || Part is not (PolicyPart.Allow or PolicyPart.DenyException),
    };

    private static string? First(IReadOnlySet<string> names, List<string> wanted)
    {
        foreach (var name in wanted)
        {
            if (names.Contains(name))
            {
                return name;
            }
        }

        return null;
    }
}
