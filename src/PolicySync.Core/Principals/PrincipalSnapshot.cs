using System.Collections.Concurrent;
using System.Text.Json.Serialization;

namespace PolicySync.Core.Principals;

/// <summary>What a name means to the directory. Wire names are promises.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PrincipalKind>))]
public enum PrincipalKind
{
    /// <summary>The directory does not list it. It may still exist in the account and be grantable.</summary>
    [JsonStringEnumMemberName("UNKNOWN")] Unknown,

    /// <summary>A user.</summary>
    [JsonStringEnumMemberName("USER")] User,

    /// <summary>A service principal.</summary>
    [JsonStringEnumMemberName("SERVICE_PRINCIPAL")] ServicePrincipal,

    /// <summary>An account group.</summary>
    [JsonStringEnumMemberName("GROUP")] Group,

    /// <summary>A workspace-local group: Unity Catalog refuses grants to it.</summary>
    [JsonStringEnumMemberName("WORKSPACE_GROUP")] WorkspaceGroup,
}

/// <summary>
/// The principals of the workspace at one time, with transitive membership. Immutable. Users and service principals are
/// looked up by <see cref="PrincipalKey"/>, groups by name; cycles among groups are tolerated.
/// </summary>
public sealed class PrincipalSnapshot
{
    private static readonly IReadOnlySet<string> NoNames = new HashSet<string>(StringComparer.Ordinal);

    private readonly Dictionary<string, (PrincipalKind Kind, DirectoryMember Member)> _users = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _keysById = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DirectoryGroup> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DirectoryGroup> _groupsById = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DirectoryGroup[]> _parents = new(StringComparer.Ordinal);
    private readonly HashSet<string> _openIds = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, IReadOnlySet<string>?> _members = new(StringComparer.Ordinal);

    /// <summary>Builds the snapshot from what the directory lists.</summary>
    public PrincipalSnapshot(
        IEnumerable<DirectoryMember> users,
        IEnumerable<DirectoryMember> servicePrincipals,
        IEnumerable<DirectoryGroup> groups,
        DirectorySelf? self)
    {
        Self = self;
        // Workspace-local groups first: Unity Catalog resolves a name to the account group, and so does everything here. A member
        // of the local group alone is in no group of that name.
        var ids = new IdPool();
        foreach (var group in groups.OrderBy(group => group.IsAccountGroup).Select(ids.Pooled))
        {
            _groups[group.Name] = group;
            _groupsById[group.Id] = group;
            foreach (var member in group.MemberIds)
            {
                _parents[member] = _parents.TryGetValue(member, out var parents) ? [.. parents, group] : [group];
            }
        }

        foreach (var (member, kind) in users.Select(user => (user, PrincipalKind.User))
                     .Concat(servicePrincipals.Select(principal => (principal, PrincipalKind.ServicePrincipal))))
        {
            var key = PrincipalKey.Of(member.Name);
            var id = ids.Pooled(member.Id);
            _users[key] = (kind, ReferenceEquals(id, member.Id) ? member : member with { Id = id });
            _keysById[id] = key;
        }

        foreach (var unread in _groupsById.Values.Where(group => !group.AreMembersKnown))
        {
            _openIds.Add(unread.Id);
            _openIds.UnionWith(IdsAbove(unread.Id));
        }

        Everyone = _keysById.Values.ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Who the service itself is; null when SCIM <c>Me</c> did not say.</summary>
    public DirectorySelf? Self { get; }

    /// <summary>Keys of all users and service principals.</summary>
    public IReadOnlySet<string> Everyone { get; }

    /// <summary>Names of the groups, workspace-local ones included, without <c>account users</c>.</summary>
    public IReadOnlyCollection<string> GroupNames => _groups.Keys;

    /// <summary>The number of groups, workspace-local ones included, without <c>account users</c>.</summary>
    public int GroupCount => _groups.Count;

    /// <summary>Names of the groups of which the directory does not list the members, sorted; a group that contains one of them is not among them.</summary>
    public IReadOnlyList<string> GroupsWithUnknownMembers =>
        [.. _groups.Values.Where(group => !group.AreMembersKnown).Select(group => group.Name).Order(StringComparer.Ordinal)];

    /// <summary>What <paramref name="name"/> is; a user goes before a group of the same name.</summary>
    public PrincipalKind KindOf(string name) =>
        KindOfUser(name) is var user and not PrincipalKind.Unknown ? user : KindOfGroup(name);

    /// <summary>A user, a service principal, or unknown: what a name means that must not be a group's.</summary>
    public PrincipalKind KindOfUser(string name) => _users.GetValueOrDefault(PrincipalKey.Of(name)).Kind;

    /// <summary>A group, a workspace-local one, or unknown. <c>account users</c> is always a group.</summary>
    public PrincipalKind KindOfGroup(string name) =>
        IsAccountUsers(name) ? PrincipalKind.Group
        : !_groups.TryGetValue(name, out var group) ? PrincipalKind.Unknown
        : group.IsAccountGroup ? PrincipalKind.Group
        : PrincipalKind.WorkspaceGroup;

    /// <summary>The name in the case in which the directory has it; the given one when it is not listed.</summary>
    public string StoredName(string name) =>
        _users.TryGetValue(PrincipalKey.Of(name), out var user) ? user.Member.Name : name;

    /// <summary>The directory's id of a user or service principal; null when it is not listed.</summary>
    public string? IdOfUser(string name) => _users.GetValueOrDefault(PrincipalKey.Of(name)).Member?.Id;

    /// <summary>The directory's id of a group; null when it is not listed.</summary>
    public string? IdOfGroup(string name) => _groups.GetValueOrDefault(name)?.Id;

    /// <summary>
    /// Names of the groups that hold <paramref name="name"/> directly or through other groups; without itself and
    /// without <c>account users</c>.
    /// </summary>
    public IReadOnlySet<string> GroupsOf(string name) =>
        KindOfUser(name) != PrincipalKind.Unknown ? GroupsOfUser(name) : GroupsOfGroup(name);

    /// <summary>As <see cref="GroupsOf"/>, for a user or service principal.</summary>
    public IReadOnlySet<string> GroupsOfUser(string name) =>
        _users.TryGetValue(PrincipalKey.Of(name), out var user) ? GroupsAbove(user.Member.Id) : NoNames;

    /// <summary>As <see cref="GroupsOf"/>, for a group.</summary>
    public IReadOnlySet<string> GroupsOfGroup(string name) =>
        _groups.TryGetValue(name, out var group) ? GroupsAbove(group.Id) : NoNames;

    /// <summary>
    /// Keys of the users and service principals in <paramref name="group"/>, nested groups included; null when its
    /// membership is not known: the group is not listed, or it or a nested one lists a member that is not, or does not say
    /// who is in it. Of <c>account users</c>, everyone who is listed; the account may have more.
    /// </summary>
    public IReadOnlySet<string>? MembersOf(string group) =>
        IsAccountUsers(group) ? Everyone
        : _groups.TryGetValue(group, out var listed) ? _members.GetOrAdd(group, _ => MembersBelow(listed))
        : null;

    /// <summary>
    /// Whether <paramref name="group"/> may have members that <see cref="GroupsOf"/> does not show: the directory does not list
    /// its members, or those of a nested group.
    /// </summary>
    public bool HasUnknownMembers(string group) => _groups.TryGetValue(group, out var listed) && _openIds.Contains(listed.Id);

    /// <summary>Whether <paramref name="group"/> may be local to the workspace: it is, or the directory does not say.</summary>
    public bool MayBeLocal(string group) =>
        _groups.TryGetValue(group, out var listed) && !(listed.IsAccountGroup && listed.IsKindKnown) && !IsAccountUsers(group);

    /// <summary>
    /// The shortest way up to a group: the groups that contain each other, from the one that lists the principal to
    /// <paramref name="group"/>. Empty when the principal is that group; null when there is no way. Of equally short ways the same one
    /// at every call.
    /// </summary>
    /// <param name="name">The principal.</param>
    /// <param name="isGroup">Whether it is a group.</param>
    /// <param name="group">The group, not <c>account users</c>, whose members are not listed.</param>
    public IReadOnlyList<string>? WayUp(string name, bool isGroup, string group)
    {
        var start = isGroup ? _groups.GetValueOrDefault(name)?.Id : _users.GetValueOrDefault(PrincipalKey.Of(name)).Member?.Id;
        if (start is null || !_groups.TryGetValue(group, out var target))
        {
            return null;
        }

        var ways = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { [start] = [] };
        var open = new Queue<string>([start]);
        while (open.TryDequeue(out var id))
        {
            if (id == target.Id)
            {
                return ways[id];
            }

            foreach (var parent in (_parents.GetValueOrDefault(id) ?? []).OrderBy(parent => parent.Name, StringComparer.Ordinal))
            {
                if (ways.TryAdd(parent.Id, [.. ways[id], parent.Name]))
                {
                    open.Enqueue(parent.Id);
                }
            }
        }

        return null;
    }

    private static bool IsAccountUsers(string name) => string.Equals(name, PrincipalKey.AccountUsers, StringComparison.Ordinal);

    private HashSet<string> GroupsAbove(string id) => IdsAbove(id).Select(above => _groupsById[above])
        .Where(group => group.IsAccountGroup || !_groups[group.Name].IsAccountGroup)
        .Select(group => group.Name).ToHashSet(StringComparer.Ordinal);

    // Groups that contain the one with this id, directly or not, and without itself.
    private HashSet<string> IdsAbove(string id)
    {
        var above = new HashSet<string>(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal) { id };
        var open = new Stack<string>(seen);
        while (open.TryPop(out var current))
        {
            foreach (var parent in _parents.GetValueOrDefault(current) ?? [])
            {
                if (seen.Add(parent.Id))
                {
                    open.Push(parent.Id);
                    above.Add(parent.Id);
                }
            }
        }

        return above;
    }

    private HashSet<string>? MembersBelow(DirectoryGroup group)
    {
        var members = new HashSet<string>(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal) { group.Id };
        var open = new Stack<DirectoryGroup>([group]);
        while (open.TryPop(out var current))
        {
            if (!current.AreMembersKnown)
            {
                return null;
            }

            foreach (var id in current.MemberIds)
            {
                if (_keysById.TryGetValue(id, out var key))
                {
                    members.Add(key);
                }
                else if (!_groupsById.TryGetValue(id, out var nested))
                {
                    return null;
                }
                else if (seen.Add(id))
                {
                    open.Push(nested);
                }
            }
        }

        return members;
    }
}
