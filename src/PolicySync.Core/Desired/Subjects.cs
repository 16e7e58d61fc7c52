using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Ranger.Evaluation;

namespace PolicySync.Core.Desired;

/// <summary>
/// Principals as Ranger's engine evaluates them. A grant to a group reaches Databricks' transitive members, so a group is
/// evaluated as itself and every group that contains it, and a user as itself with Databricks' transitive groups and those of
/// Ranger's user store (specification §3.4). One instance per version of policies and principals, shared by all runs.
/// </summary>
internal sealed class Subjects(PolicySnapshot policies, PrincipalSnapshot directory, bool rolesAsGroups)
{
    private static readonly ConditionalWeakTable<PrincipalSnapshot, ConditionalWeakTable<PolicySnapshot, Subjects[]>> Shared = [];

    private readonly ConcurrentDictionary<string, Subject> _users = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Subject> _groups = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _memberships = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _membershipOf = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, IReadOnlyList<MemberClass>?> _alike = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, IReadOnlyList<string>> _unreached = new(StringComparer.Ordinal);
    private int _lastMembership;

    /// <summary>The subjects of a version of policies and principals.</summary>
    public static Subjects Of(PolicySnapshot policies, PrincipalSnapshot directory, bool rolesAsGroups) =>
        Shared.GetValue(directory, static _ => []).GetValue(
            policies, known => [new(known, directory, rolesAsGroups: false), new(known, directory, rolesAsGroups: true)])[rolesAsGroups ? 1 : 0];

    /// <summary>A user or service principal by its key.</summary>
    public Subject User(string key) => _users.GetOrAdd(key, static (user, self) =>
    {
        var groups = With(self.Listed.GroupsOfUser(user), self.Policies.RangerGroupsOf(user));
        return new Subject(user, groups, self.RolesOf(user, groups));
    }, this);

    /// <summary>A group by its name, representing each of its members: <c>{USER}</c> means any of them.</summary>
    public Subject Group(string name) => _groups.GetOrAdd(name, static (group, self) =>
    {
        var groups = With(self.Listed.GroupsOfGroup(group), [group]);
        return new Subject(null, groups, self.RolesOf(null, groups)) { IsAnyUser = true };
    }, this);

    /// <summary>The candidate as a subject.</summary>
    public Subject Of(Candidate candidate) => candidate.IsGroup ? Group(candidate.Name) : User(candidate.Name);

    /// <summary>
    /// The members of a group in classes of equal groups and roles; null when the membership is unknown.
    /// </summary>
    public IReadOnlyList<MemberClass>? AlikeIn(string group) => _alike.GetOrAdd(group, static (name, self) =>
        self.Listed.MembersOf(name) is not { } members ? null
        : [
            .. members.Select(self.User)
                .GroupBy(self.MembershipOf)
                .Select(same => new MemberClass(same.First(), same.Select(subject => subject.User!).ToHashSet(StringComparer.Ordinal))),
        ], this);

    /// <summary>
    /// Users of the directory that Ranger puts in the group, or in the role of its name, and Databricks does not: a grant to the
    /// group does not reach them.
    /// </summary>
    public IReadOnlyList<string> UnreachedBy(string group) => _unreached.GetOrAdd(group, static (name, self) =>
    {
        if (name == PrincipalKey.AccountUsers || self.Listed.KindOfGroup(name) == PrincipalKind.Unknown)
        {
            return [];
        }

        return
        [
            .. self.Policies.RangerMembersOf(name).Concat(self.MembersOfRole(name)).Distinct(StringComparer.Ordinal)
                .Where(user => self.Listed.Everyone.Contains(user) && !self.Listed.GroupsOfUser(user).Contains(name))
                .Order(StringComparer.Ordinal),
        ];
    }, this);

    private PolicySnapshot Policies => policies;

    private PrincipalSnapshot Listed => directory;

    private IEnumerable<string> MembersOfRole(string role)
    {
        if (!rolesAsGroups)
        {
            return [];
        }

        var (users, groups) = policies.Engine.Roles.MembersOf(role);
        return users.Concat(groups.SelectMany(group => directory.MembersOf(group) ?? new HashSet<string>()));
    }

    private static HashSet<string> With(IReadOnlySet<string> listed, IEnumerable<string> others) =>
        [.. listed, .. others, PrincipalKey.AccountUsers];

    // One number for each distinct set of groups and roles.
    private int MembershipOf(Subject subject) => _membershipOf.GetOrAdd(subject.User!, static (_, key) => key.Self._memberships.GetOrAdd(
        string.Join('\0', key.Subject.Groups.Order(StringComparer.Ordinal).Append("").Concat(key.Subject.Roles.Order(StringComparer.Ordinal))),
        static (_, self) => Interlocked.Increment(ref self._lastMembership), key.Self), (Subject: subject, Self: this));

    // An account group named like a role has the role, whatever members Ranger lists for it.
    private IReadOnlySet<string> RolesOf(string? user, HashSet<string> groups)
    {
        var roles = policies.Engine.Roles.RolesOf(user, groups);
        return !rolesAsGroups ? roles
            : roles.Concat(groups.Where(group => policies.Engine.Roles.Exists(group) && directory.KindOfGroup(group) == PrincipalKind.Group))
                .ToHashSet(StringComparer.Ordinal);
    }
}
