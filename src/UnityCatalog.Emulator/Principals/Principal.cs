namespace UnityCatalog.Emulator.Principals;

internal enum PrincipalKind
{
    User,
    Group,
    ServicePrincipal,

    /// <summary>A group local to the workspace: listed by SCIM, unknown to grants (reference §0.11).</summary>
    WorkspaceGroup,
}

/// <summary>A user, group or service principal.</summary>
internal sealed class Principal(long id, PrincipalKind kind, string name)
{
    private HashSet<long>? _identities;
    private long _identitiesVersion = -1;

    public long Id { get; } = id;

    public PrincipalKind Kind { get; } = kind;

    /// <summary>E-mail, group name or application id: what grants show. Empty once deleted (reference §1.2).</summary>
    public string GrantName => Deleted ? "" : Name;

    public string Name { get; set; } = name;

    public string DisplayName { get; set; } = name;

    public string? ExternalId { get; set; }

    public bool Active { get; set; } = true;

    public bool Deleted { get; set; }

    public List<Principal> Members { get; } = [];

    public List<Principal> Groups { get; } = [];

    public bool IsGroup => Kind is PrincipalKind.Group or PrincipalKind.WorkspaceGroup;

    /// <summary>This principal and every account group around it, kept until memberships change.</summary>
    public HashSet<long> Identities(long membershipVersion)
    {
        if (_identities is null || _identitiesVersion != membershipVersion)
        {
            var found = new HashSet<long> { PrincipalDirectory.AccountUsersId };
            Collect(this, found);
            (_identities, _identitiesVersion) = (found, membershipVersion);
        }

        return _identities;
    }

    private static void Collect(Principal from, HashSet<long> found)
    {
        if (from.Kind != PrincipalKind.WorkspaceGroup && found.Add(from.Id))
        {
            from.Groups.ForEach(group => Collect(group, found));
        }
    }
}
