using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Desired;

/// <summary>A principal that policies name, and that may come to hold a grant.</summary>
/// <param name="Name">A group's name, or a user's or service principal's key.</param>
/// <param name="IsGroup">Whether it is a group.</param>
internal readonly record struct Candidate(string Name, bool IsGroup);

/// <summary>Finds whom policies name. Roles become their members (specification §3.10).</summary>
internal sealed class Candidates(PolicySnapshot policies, PrincipalSnapshot directory, bool rolesAsGroups)
{
    /// <summary>Everybody named by one item; <c>{OWNER}</c> is nobody, for no grant can say it.</summary>
    public IEnumerable<Candidate> NamedBy(RangerPolicyItem item)
    {
        var users = item.Users.Where(user => user is not NameMapper.OwnerMacro)
            .Select(user => user is NameMapper.UserMacro ? Group(PrincipalKey.AccountUsers) : User(user));
        return users.Concat(item.Groups.Select(Group)).Concat(item.Roles.SelectMany(MembersOf));
    }

    /// <summary>Everybody named by one item of a policy, in the policy's own words.</summary>
    public IEnumerable<string> Written(RangerPolicyItem item, long? policyId) =>
        item.Users.Select(user => policies.Names.Spelled(user, policyId)).Concat(item.Groups).Concat(item.Roles);

    /// <summary>A principal in the words of a policy, or of others when that does not name it.</summary>
    public string Spelled(Candidate candidate, long? policyId = null) =>
        candidate.IsGroup ? policies.Names.SpelledGroup(candidate.Name, policyId) : policies.Names.Spelled(candidate.Name, policyId);

    /// <summary>Whom an item of a policy names and nobody can find, in its words. What it says about them cannot be kept.</summary>
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
