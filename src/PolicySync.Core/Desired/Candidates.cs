using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Desired;

/// <summary>A principal that policies name and that may receive a grant.</summary>
/// <param name="Name">A group's name, or a user's or service principal's key.</param>
/// <param name="IsGroup">Whether it is a group.</param>
internal readonly record struct Candidate(string Name, bool IsGroup);

/// <summary>Finds the principals that policies name. Roles become their members (specification §3.10).</summary>
internal sealed class Candidates(PolicySnapshot policies, PrincipalSnapshot directory, bool rolesAsGroups)
{
    /// <summary>The principals that one item names. No grant can express <c>{OWNER}</c>, so it gives no principal.</summary>
    public IEnumerable<Candidate> NamedBy(RangerPolicyItem item)
    {
        var users = item.Users.Where(user => user is not NameMapper.OwnerMacro)
            .Select(user => user is NameMapper.UserMacro ? Group(PrincipalKey.AccountUsers) : User(user));
        return users.Concat(item.Groups.Select(Group)).Concat(item.Roles.SelectMany(MembersOf));
    }

    /// <summary>The principals that one item of a policy names, as the policy spells them.</summary>
    public IEnumerable<string> Written(RangerPolicyItem item, long? policyId) =>
        item.Users.Select(user => policies.Names.Spelled(user, policyId)).Concat(item.Groups).Concat(item.Roles);

    /// <summary>A principal as a policy spells it, or as another policy does when this one does not name it.</summary>
    public string Spelled(Candidate candidate, long? policyId = null) =>
        candidate.IsGroup ? policies.Names.SpelledGroup(candidate.Name, policyId) : policies.Names.Spelled(candidate.Name, policyId);

    /// <summary>The principals of an item that the directory cannot resolve, as the policy spells them. The item cannot be enforced for them.</summary>
    public IEnumerable<string> UnresolvedIn(RangerPolicyItem item, long? policyId) =>
        NamedBy(item).Where(candidate => !IsResolved(candidate)).Select(candidate => Spelled(candidate, policyId))
            .Concat(item.Roles.Where(role => !policies.Engine.Roles.Exists(role)));

    // A group that only Ranger's user store knows is resolved if the directory lists all of its users.
    private bool IsResolved(Candidate candidate) =>
        !candidate.IsGroup ? directory.KindOfUser(candidate.Name) != PrincipalKind.Unknown
        : directory.KindOfGroup(candidate.Name) != PrincipalKind.Unknown
            || (policies.RangerMembersOf(candidate.Name).Any() && policies.RangerMembersOf(candidate.Name).All(directory.Everyone.Contains));

    private IEnumerable<Candidate> MembersOf(string role)
    {
        if (rolesAsGroups && directory.KindOfGroup(role) == PrincipalKind.Group)
        {
            return [Group(role)];
        }

        var (users, groups) = policies.Engine.Roles.MembersOf(role);
        return users.Order(StringComparer.Ordinal).Select(User).Concat(groups.Order(StringComparer.Ordinal).Select(Group));
    }

    private static Candidate User(string user) => new(user, IsGroup: false);

    private static Candidate Group(string group) =>
        new(string.Equals(group, NameMapper.Public, StringComparison.Ordinal) ? PrincipalKey.AccountUsers : group, IsGroup: true);
}
