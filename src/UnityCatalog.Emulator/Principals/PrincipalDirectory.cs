using UnityCatalog.Emulator.Http;

namespace UnityCatalog.Emulator.Principals;

/// <summary>Account users, groups and service principals, the workspace's own groups, and the deleted.</summary>
internal sealed class PrincipalDirectory
{
    public const long AccountUsersId = 1;
    public const string AccountUsers = "account users";

    private readonly Dictionary<long, Principal> _byId = [];
    private readonly Dictionary<string, Principal> _users = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Principal> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Principal> _servicePrincipals = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Principal> _workspaceGroups = new(StringComparer.Ordinal);
    private readonly List<Principal> _listedUsers = [];
    private readonly List<Principal> _listedGroups = [];
    private readonly List<Principal> _listedServicePrincipals = [];
    private long _lastId = 1_000_000_000_000_000;

    public PrincipalDirectory() =>
        _byId[AccountUsersId] = _groups[AccountUsers] = new Principal(AccountUsersId, PrincipalKind.Group, AccountUsers);

    /// <summary>Increases with every change of membership.</summary>
    public long Version { get; private set; }

    public IEnumerable<Principal> Deleted => _byId.Values.Where(principal => principal.Deleted);

    public Principal Add(PrincipalKind kind, string name, string? displayName = null, bool active = true, long? id = null, string? externalId = null)
    {
        var names = Names(kind);
        if (string.IsNullOrWhiteSpace(name) || names.ContainsKey(name))
        {
            throw Errors.InvalidParameter($"a {kind} named `{name}` exists already or the name is empty");
        }

        var principal = new Principal(NewId(id), kind, name)
        {
            DisplayName = displayName ?? name,
            Active = active,
            ExternalId = externalId,
        };
        _byId[principal.Id] = names[name] = principal;
        Listed(kind).Add(principal);
        Version++;
        return principal;
    }

    /// <summary>A principal known only by its id, as an account shows it after deletion.</summary>
    public void AddDeleted(long id, PrincipalKind kind, string name) =>
        _byId[NewId(id)] = new Principal(id, kind, name) { Deleted = true };

    /// <summary>Deletes a principal. Its grants stay without a name; a new principal of the same name is another one (reference §7).</summary>
    public void Delete(Principal principal)
    {
        Names(principal.Kind).Remove(principal.Name);
        Listed(principal.Kind).Remove(principal);
        principal.Deleted = true;
        principal.Groups.ForEach(group => group.Members.Remove(principal));
        principal.Members.ForEach(member => member.Groups.Remove(principal));
        principal.Groups.Clear();
        principal.Members.Clear();
        Version++;
    }

    /// <summary>Reverts an <see cref="Add"/> that was refused half-way, without leaving a deleted principal.</summary>
    public void Forget(Principal principal)
    {
        Delete(principal);
        _byId.Remove(principal.Id);
    }

    /// <summary>Renames a principal, which keeps its id and so its grants.</summary>
    public void Rename(Principal group, string name)
    {
        var names = Names(group.Kind);
        if (string.IsNullOrWhiteSpace(name) || (names.TryGetValue(name, out var other) && other != group))
        {
            throw Errors.InvalidParameter($"a {group.Kind} named `{name}` exists already or the name is empty");
        }

        names.Remove(group.Name);
        (group.Name, group.DisplayName) = (name, name);
        names[name] = group;
        Version++;
    }

    public void Join(Principal group, Principal member)
    {
        if (!group.IsGroup || group.Members.Contains(member))
        {
            return;
        }

        group.Members.Add(member);
        member.Groups.Add(group);
        Version++;
    }

    public void Leave(Principal group, Principal member)
    {
        group.Members.Remove(member);
        member.Groups.Remove(group);
        Version++;
    }

    /// <summary>As a grant names it: e-mails and application ids in any case, groups exactly, no local groups (reference §0.11, §0.12).</summary>
    public Principal? FindForGrant(string name) =>
        _users.GetValueOrDefault(name) ?? _groups.GetValueOrDefault(name) ?? _servicePrincipals.GetValueOrDefault(name);

    public Principal? FindAny(string name) => FindForGrant(name) ?? _workspaceGroups.GetValueOrDefault(name);

    public Principal? Find(PrincipalKind kind, string name) => Names(kind).GetValueOrDefault(name);

    public Principal? Find(long id) => _byId.GetValueOrDefault(id);

    /// <summary>What SCIM lists, oldest first, both sorts of groups together; neither <c>account users</c> nor the deleted.</summary>
    public List<Principal> Listed(PrincipalKind kind) => kind switch
    {
        PrincipalKind.User => _listedUsers,
        PrincipalKind.ServicePrincipal => _listedServicePrincipals,
        _ => _listedGroups,
    };

    public static bool IsListed(Principal principal) => principal is { Deleted: false, Id: not AccountUsersId };

    private long NewId(long? wanted)
    {
        var id = wanted ?? ++_lastId;
        if (_byId.ContainsKey(id))
        {
            throw Errors.InvalidParameter($"principal id {id} is taken");
        }

        _lastId = Math.Max(_lastId, id);
        return id;
    }

    private Dictionary<string, Principal> Names(PrincipalKind kind) => kind switch
    {
        PrincipalKind.User => _users,
        PrincipalKind.Group => _groups,
        PrincipalKind.ServicePrincipal => _servicePrincipals,
        _ => _workspaceGroups,
    };
}
