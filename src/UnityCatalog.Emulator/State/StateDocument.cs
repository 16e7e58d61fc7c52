namespace UnityCatalog.Emulator.State;

/// <summary>The whole state as people read and write it; docs/emulator.md explains each member.</summary>
/// <remarks>Setters, not initialisers: the generated reader would overwrite the defaults of absent ones.</remarks>
internal sealed record StateDocument
{
    public MetastoreState Metastore { get; set; } = new();

    public EmulatorSettings Settings { get; set; } = new();

    public IReadOnlyList<UserState> Users { get; set; } = [];

    public IReadOnlyList<ServicePrincipalState> ServicePrincipals { get; set; } = [];

    public IReadOnlyList<GroupState> Groups { get; set; } = [];

    public IReadOnlyList<GroupState> WorkspaceGroups { get; set; } = [];

    public IReadOnlyList<DeletedPrincipalState> DeletedPrincipals { get; set; } = [];

    public IReadOnlyList<TokenState> Tokens { get; set; } = [];

    public IReadOnlyList<ClientState> Clients { get; set; } = [];

    public IReadOnlyList<WarehouseState> Warehouses { get; set; } = [new("emulator-warehouse")];

    public IReadOnlyList<SecurableState> Catalogs { get; set; } = [];

    public IReadOnlyList<SecurableState> ExternalLocations { get; set; } = [];

    public IReadOnlyList<SecurableState> StorageCredentials { get; set; } = [];

    public IReadOnlyList<SecurableState> Credentials { get; set; } = [];

    public IReadOnlyList<SecurableState> Connections { get; set; } = [];
}

internal sealed record MetastoreState
{
    public string Name { get; set; } = "metastore";

    public string Id { get; set; } = "11111111-2222-4333-8444-555555555555";

    public string Owner { get; set; } = "";

    public string Region { get; set; } = "westeurope";

    public string Cloud { get; set; } = "azure";

    /// <summary>Epoch milliseconds; also the default of every object that states none.</summary>
    public long CreatedAt { get; set; } = 1_767_600_000_000;

    public IReadOnlyList<GrantState> Grants { get; set; } = [];
}

internal sealed record UserState(string UserName, string? DisplayName = null, bool Active = true, long? Id = null, string? ExternalId = null);

internal sealed record ServicePrincipalState(string ApplicationId, string? DisplayName = null, bool Active = true, long? Id = null, string? ExternalId = null);

internal sealed record GroupState(string DisplayName, IReadOnlyList<string>? Members = null, long? Id = null, string? ExternalId = null);

internal sealed record DeletedPrincipalState(long Id, string DisplayName = "", bool Group = false);

/// <param name="Token">The bearer token.</param>
/// <param name="Principal">Its principal: an e-mail or an application id.</param>
/// <param name="ExpiresAt">Epoch milliseconds; absent is never.</param>
internal sealed record TokenState(string Token, string Principal, long? ExpiresAt = null);

/// <param name="ClientId">The application id of a service principal.</param>
/// <param name="Secret">Its OAuth secret.</param>
internal sealed record ClientState(string ClientId, string Secret);

/// <param name="Id">What statements name it by.</param>
/// <param name="Name">For people.</param>
/// <param name="State">RUNNING or STOPPED.</param>
internal sealed record WarehouseState(string Id, string? Name = null, string State = "RUNNING");

/// <summary>Either the name of a principal, or the id of one that may be deleted.</summary>
internal sealed record GrantState(string? Principal = null, long? PrincipalId = null, IReadOnlyList<string>? Privileges = null);

internal sealed record SecurableState
{
    public string Name { get; init; } = "";

    /// <summary>catalog_type, table_type or volume_type; absent is the managed one.</summary>
    public string? Type { get; init; }

    public string? Id { get; init; }

    /// <summary>Absent: the owner of the container.</summary>
    public string? Owner { get; init; }

    public string? Comment { get; init; }

    public long? CreatedAt { get; init; }

    public long? UpdatedAt { get; init; }

    public bool BuiltIn { get; init; }

    public IReadOnlyList<ColumnState>? Columns { get; init; }

    /// <summary>A table's row filter.</summary>
    public GuardState? RowFilter { get; init; }

    /// <summary>A table's rows: values as text in the order of the columns, null for NULL.</summary>
    public IReadOnlyList<IReadOnlyList<string?>>? Rows { get; init; }

    /// <summary>A function's parameters.</summary>
    public IReadOnlyList<ParameterState>? Parameters { get; init; }

    public string? Definition { get; init; }

    public string? DataType { get; init; }

    public string? StorageLocation { get; init; }

    public IReadOnlyDictionary<string, string>? Properties { get; init; }

    /// <summary>An external location's storage credential.</summary>
    public string? CredentialName { get; init; }

    /// <summary>MYSQL, POSTGRESQL …</summary>
    public string? ConnectionType { get; init; }

    /// <summary>A connection's, without secrets.</summary>
    public IReadOnlyDictionary<string, string>? Options { get; init; }

    /// <summary>The workspaces that may reach a catalog, location, credential or connection; absent is all.</summary>
    public IReadOnlyList<long>? Workspaces { get; init; }

    /// <summary>A registered model's versions.</summary>
    public IReadOnlyList<ModelVersionState>? Versions { get; init; }

    public IReadOnlyList<GrantState>? Grants { get; init; }

    /// <summary>Tags: key to value, which may be empty.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>Tags of columns, by the column's name.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>? ColumnTags { get; init; }

    public IReadOnlyList<SecurableState>? Schemas { get; init; }

    public IReadOnlyList<SecurableState>? Tables { get; init; }

    public IReadOnlyList<SecurableState>? Functions { get; init; }

    public IReadOnlyList<SecurableState>? Volumes { get; init; }

    public IReadOnlyList<SecurableState>? Models { get; init; }
}

internal sealed record ColumnState(string Name, string Type, string? Comment = null, bool? Nullable = null, GuardState? Mask = null);

/// <summary>A parameter of a function.</summary>
internal sealed record ParameterState(string Name, string Type);

/// <summary>A version of a model and its aliases.</summary>
internal sealed record ModelVersionState(int Version, string? Comment = null, IReadOnlyList<string>? Aliases = null);

/// <summary>A row filter or column mask.</summary>
internal sealed record GuardState(string Function, IReadOnlyList<GuardArgumentState>? Arguments = null);

/// <summary>A column name or a constant.</summary>
internal sealed record GuardArgumentState(string? Column = null, string? Constant = null);
