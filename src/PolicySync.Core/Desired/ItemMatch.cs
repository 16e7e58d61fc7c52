using PolicySync.Core.Policies;
using PolicySync.Ranger;

namespace PolicySync.Core.Desired;

/// <summary>
/// Whether a policy item names a principal and covers an access type, whatever its conditions: what counts for the
/// rules that look at items one by one (specification §3.5, §3.9). Mirrors Ranger's RangerDefaultPolicyItemEvaluator.
/// </summary>
internal sealed class ItemMatch(RangerEngine engine)
{
    private const string Public = "public";

    /// <summary>Whether the item names the principal, by name, group or role.</summary>
    public static bool Names(RangerPolicyItem item, Subject subject, string? owner) =>
        item.Groups.Contains(Public) || item.Groups.Exists(subject.Groups.Contains) || item.Roles.Exists(subject.Roles.Contains)
        || (subject.User is { } user && item.Users.Exists(name => name switch
        {
            NameMapper.UserMacro => true,
            NameMapper.OwnerMacro => string.Equals(user, owner, StringComparison.Ordinal),
            _ => string.Equals(name, user, StringComparison.Ordinal),
        }))
        || (subject.IsAnyUser && item.Users.Contains(NameMapper.UserMacro));

    /// <summary>Whether the item's accesses include the type, directly or through one round of implied grants.</summary>
    public bool Covers(RangerPolicyItem item, string accessType) => item.Accesses.Exists(access =>
        access is { IsAllowed: true, Type: { } type }
        && (string.Equals(type, accessType, StringComparison.OrdinalIgnoreCase) || engine.ImpliedBy(type).Contains(accessType)));
}
