namespace UnityCatalog.Emulator.Permissions;

/// <summary>A principal's direct privileges; <paramref name="Principal"/> is empty once the principal is deleted (reference §1.2).</summary>
internal sealed record PrivilegeAssignment(string Principal, long PrincipalId, IReadOnlyList<string> Privileges);

internal sealed record PermissionsList(IReadOnlyList<PrivilegeAssignment>? PrivilegeAssignments, string? NextPageToken = null);

internal sealed record EffectivePrivilege(string Privilege, string? InheritedFromType, string? InheritedFromName);

internal sealed record EffectiveAssignment(string Principal, long PrincipalId, IReadOnlyList<EffectivePrivilege> Privileges);

/// <summary>Its newer twin names the array differently (reference §1.2).</summary>
internal sealed record EffectivePermissionsList
{
    public IReadOnlyList<EffectiveAssignment>? PrivilegeAssignments { get; init; }

    public IReadOnlyList<EffectiveAssignment>? EffectivePrivilegeAssignments { get; init; }

    public string? NextPageToken { get; init; }
}

internal sealed record PermissionsUpdate(IReadOnlyList<PermissionsChange>? Changes, bool? OmitPermissionsInResponse);

internal sealed record PermissionsChange(string? Principal, long? PrincipalId, IReadOnlyList<string>? Add, IReadOnlyList<string>? Remove);
