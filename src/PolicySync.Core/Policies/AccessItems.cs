using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.Text;

namespace PolicySync.Core.Policies;

/// <summary>
/// Reads single policy items, without their conditions: which principals they name and which access types they cover
/// (specification §3.5, §3.9). Mirrors Ranger's RangerDefaultPolicyItemEvaluator. Access types are in lower case.
/// </summary>
internal sealed class AccessItems(RangerEngine engine)
{
    // Ranger's markers are categories of access types, not access types.
    private const char MarkerPrefix = '_';

    private readonly Dictionary<string, IReadOnlySet<string>> _implied = new(JavaText.IgnoringCase);

    /// <summary>Whether the item names the principal, by name, group or role.</summary>
    public static bool Names(RangerPolicyItem item, Subject subject, string? owner) =>
        item.Groups.Contains(NameMapper.Public) || item.Groups.Exists(subject.Groups.Contains) || item.Roles.Exists(subject.Roles.Contains)
        || (subject.User is { } user && item.Users.Exists(name => name switch
        {
            NameMapper.UserMacro => true,
            NameMapper.OwnerMacro => string.Equals(user, owner, StringComparison.Ordinal),
            _ => string.Equals(name, user, StringComparison.Ordinal),
        }))
        || (subject.IsAnyUser && item.Users.Contains(NameMapper.UserMacro));

    /// <summary>The access types that the item lists.</summary>
    public static IEnumerable<string> Written(RangerPolicyItem item) => item.Accesses
        .Where(access => access is { IsAllowed: true, Type: not null })
        .Select(access => JavaText.Fold(access.Type!));

    /// <summary>The access types that the item lists, and those that they imply.</summary>
    public IEnumerable<string> TypesOf(RangerPolicyItem item) => Written(item)
        .SelectMany(type => ImpliedBy(type).Select(JavaText.Fold).Prepend(type))
        .Where(type => type.Length > 0 && type[0] != MarkerPrefix)
        .Distinct(StringComparer.Ordinal);

    /// <summary>Whether the item's accesses include the type, directly or through one round of implied grants.</summary>
    public bool Covers(RangerPolicyItem item, string accessType) => item.Accesses.Exists(access =>
        access is { IsAllowed: true, Type: { } type }
        && (JavaText.EqualsIgnoringCase(type, accessType) || ImpliedBy(type).Contains(accessType)));

    /// <summary>Whether a policy can take access away.</summary>
    public static bool CanTake(RangerPolicy policy) => policy.IsDenyAllElse || Taking(policy).Any();

    /// <summary>Items of a policy that take access away: denies, and exceptions to what it allows.</summary>
    public static IEnumerable<RangerPolicyItem> Taking(RangerPolicy policy) => policy.DenyPolicyItems.Concat(policy.AllowExceptions);

    private IReadOnlySet<string> ImpliedBy(string type)
    {
        if (!_implied.TryGetValue(type, out var implied))
        {
            _implied[type] = implied = engine.ImpliedBy(type);
        }

        return implied;
    }
}
