using UnityCatalog.Emulator.State;

namespace UnityCatalog.Emulator.Admin;

/// <summary>Creates an object or changes it; absent members stay as they are.</summary>
internal sealed record SecurableUpdate
{
    public string? Type { get; init; }

    public string? Owner { get; init; }

    public string? Comment { get; init; }

    public IReadOnlyList<ColumnState>? Columns { get; init; }

    public GuardState? RowFilter { get; init; }

    public IReadOnlyList<IReadOnlyList<string?>>? Rows { get; init; }

    public IReadOnlyList<ParameterState>? Parameters { get; init; }

    public string? Definition { get; init; }

    public string? DataType { get; init; }

    public string? StorageLocation { get; init; }

    public IReadOnlyList<GrantState>? Grants { get; init; }

    /// <summary>The last part of its new name; id and grants stay.</summary>
    public string? Rename { get; init; }

    /// <summary>Drops a former object of the name first: new id, new created_at, no grants.</summary>
    public bool Recreate { get; init; }
}

internal sealed record GrantsDocument(IReadOnlyList<GrantState> Grants);

/// <summary>Applied in the order of its members; <paramref name="Delete"/> names principals that then live on as ids in grants.</summary>
internal sealed record PrincipalChanges(
    IReadOnlyList<UserState>? Users = null,
    IReadOnlyList<ServicePrincipalState>? ServicePrincipals = null,
    IReadOnlyList<GroupState>? Groups = null,
    IReadOnlyList<GroupState>? WorkspaceGroups = null,
    IReadOnlyList<MembershipChange>? Members = null,
    IReadOnlyList<string>? Delete = null);

internal sealed record MembershipChange(string Group, IReadOnlyList<string>? Add = null, IReadOnlyList<string>? Remove = null);

/// <summary>A catalog for load tests: <c>schema_0000.table_0000</c> … The catalog and schemas may exist already.</summary>
internal sealed record GenerateRequest(
    string Catalog, int Schemas = 1, int TablesPerSchema = 100, string? Owner = null, string? TableType = null);

internal sealed record GenerateResult(string Catalog, int Created);

internal sealed record AdminStatus(string Status, int InFlight, int Held);

internal sealed record AdminError(string Error);
