using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Ranger;

namespace PolicySync.Core.Desired;

/// <summary>A principal that policies name, and that may come to hold a grant.</summary>
/// <param name="Name">A group's name, or a user's or service principal's key.</param>
/// <param name="IsGroup">Whether it is a group.</param>
internal readonly record struct Candidate(string Name, bool IsGroup);

/// <summary>Finds whom policies name. Roles become their members (specification §3.10).</summary>
internal sealed class Candidates(RangerEngine engine, PrincipalSnapshot directory, bool rolesAsGroups)
{
    private const string Public = "public";

    /// <summary>Everybody named by any item, whether it allows, denies or excepts: an exception can let somebody in.</summary>
    public IEnumerable<Candidate> NamedBy(RangerPolicy policy) =>
        policy.PolicyItems.Concat(policy.DenyPolicyItems).Concat(policy.AllowExceptions).Concat(policy.DenyExceptions)
            .SelectMany(NamedBy).Distinct();

    /// <summary>Everybody named by one item.</summary>
    public IEnumerable<Candidate> NamedBy(RangerPolicyItem item)
    {
        foreach (var user in item.Users)
        {
            if (user is NameMapper.UserMacro)
            {
                yield return new Candidate(PrincipalKey.AccountUsers, IsGroup: true);
            }
            else if (user is not NameMapper.OwnerMacro)
            {
                yield return User(user);
            }
        }

        foreach (var group in item.Groups)
        {
            yield return Group(group);
        }

        foreach (var role in item.Roles)
        {
            foreach (var member in MembersOf(role))
            {
                yield return member;
            }
        }
    }

    private IEnumerable<Candidate> MembersOf(string role)
    {
        if (rolesAsGroups && directory.KindOf(role) == PrincipalKind.Group)
        {
            yield return Group(role);
            yield break;
        }

        var (users, groups) = engine.Roles.MembersOf(role);
        foreach (var user in users.Order(StringComparer.Ordinal))
        {
            yield return User(user);
        }

        foreach (var group in groups.Order(StringComparer.Ordinal))
        {
            yield return Group(group);
        }
    }

    private static Candidate User(string user) => new(user, IsGroup: false);

    private static Candidate Group(string group) =>
        new(string.Equals(group, Public, StringComparison.Ordinal) ? PrincipalKey.AccountUsers : group, IsGroup: true);
}
