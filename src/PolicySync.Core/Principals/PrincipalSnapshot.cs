namespace PolicySync.Core.Principals;

/// <summary>What a name means to the directory.</summary>
public enum PrincipalKind
{
    /// <summary>The directory does not list it. It may still exist in the account and be grantable.</summary>
    Unknown,

    /// <summary>A user.</summary>
    User,

    /// <summary>A service principal.</summary>
    ServicePrincipal,

    /// <summary>An account group.</summary>
    Group,

    /// <summary>A workspace-local group: Unity Catalog refuses grants to it.</summary>
    WorkspaceGroup,
}

/// <summary>
/// The principals of the workspace at one time, with transitive membership. Immutable. Names are looked up by
/// <see cref="PrincipalKey"/>; cycles among groups are tolerated.
/// </summary>
public sealed class PrincipalSnapshot
{
    private static readonly IReadOnlySet<string> Nobody = new HashSet<string>(StringComparer.Ordinal);

    private readonly Dictionary<string, (PrincipalKind Kind, string Id, string Name)> _byKey = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _memberNames = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DirectoryGroup> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _parents = new(StringComparer.Ordinal);

    /// <summary>Builds the snapshot from what the directory lists.</summary>
    public PrincipalSnapshot(
        IEnumerable<DirectoryMember> users,
        IEnumerable<DirectoryMember> servicePrincipals,
        IEnumerable<DirectoryGroup> groups,
        DirectorySelf? self)
    {
        Self = self;
        // Workspace-local groups first: an account group of the same name is the one that Unity Catalog means.
        foreach (var group in groups.OrderBy(group => group.IsAccountGroup))
        {
            _groups[group.Id] = group;
            _byKey[group.Name] = (group.IsAccountGroup ? PrincipalKind.Group : PrincipalKind.WorkspaceGroup, group.Id, group.Name);
            foreach (var member in group.MemberIds)
            {
                if (!_parents.TryGetValue(member, out var parents))
                {
                    _parents[member] = parents = [];
                }

                parents.Add(group.Id);
            }
        }

        foreach (var (member, kind) in users.Select(user => (user, PrincipalKind.User))
                     .Concat(servicePrincipals.Select(principal => (principal, PrincipalKind.ServicePrincipal))))
        {
            _byKey[PrincipalKey.Of(member.Name)] = (kind, member.Id, member.Name);
            _memberNames[member.Id] = PrincipalKey.Of(member.Name);
        }
    }

    /// <summary>Who the service itself is; null when SCIM <c>Me</c> did not say.</summary>
    public DirectorySelf? Self { get; }

    /// <summary>Keys of all users and service principals.</summary>
    public IReadOnlyCollection<string> Everyone => _memberNames.Values;

    /// <summary>What <paramref name="name"/> is. <c>account users</c> is always a group.</summary>
    public PrincipalKind KindOf(string name) =>
        _byKey.TryGetValue(PrincipalKey.Of(name), out var entry) ? entry.Kind
        : string.Equals(name, PrincipalKey.AccountUsers, StringComparison.Ordinal) ? PrincipalKind.Group
        : PrincipalKind.Unknown;

    /// <summary>The name in the case in which the directory has it; the given one when it is not listed.</summary>
    public string StoredName(string name) =>
        _byKey.TryGetValue(PrincipalKey.Of(name), out var entry) ? entry.Name : name;

    /// <summary>
    /// Names of the account groups that hold <paramref name="name"/> directly or through other groups; without itself
    /// and without <c>account users</c>.
    /// </summary>
    public IReadOnlySet<string> GroupsOf(string name)
    {
        if (!_byKey.TryGetValue(PrincipalKey.Of(name), out var entry))
        {
            return Nobody;
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal) { entry.Id };
        var open = new Stack<string>(seen);
        while (open.TryPop(out var id))
        {
            foreach (var parent in _parents.GetValueOrDefault(id) ?? [])
            {
                if (seen.Add(parent))
                {
                    open.Push(parent);
                    names.Add(_groups[parent].Name);
                }
            }
        }

        return names;
    }

    /// <summary>
    /// Keys of the users and service principals in <paramref name="group"/>, nested groups included; null when its
    /// membership is not known: the group is not listed, or it or a nested one lists a member that is not.
    /// </summary>
    public IReadOnlySet<string>? MembersOf(string group)
    {
        if (!_byKey.TryGetValue(group, out var entry) || !_groups.ContainsKey(entry.Id))
        {
            return string.Equals(group, PrincipalKey.AccountUsers, StringComparison.Ordinal)
                ? _memberNames.Values.ToHashSet(StringComparer.Ordinal)
                : null;
        }

        var members = new HashSet<string>(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal) { entry.Id };
        var open = new Stack<string>(seen);
        while (open.TryPop(out var id))
        {
            foreach (var member in _groups[id].MemberIds)
            {
                if (_memberNames.TryGetValue(member, out var name))
                {
                    members.Add(name);
                }
                else if (!_groups.ContainsKey(member))
                {
                    return null;
                }
                else if (seen.Add(member))
                {
                    open.Push(member);
                }
            }
        }

        return members;
    }
}
