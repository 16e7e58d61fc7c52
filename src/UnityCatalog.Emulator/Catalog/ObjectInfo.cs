namespace UnityCatalog.Emulator.Catalog;

/// <summary>
/// An object as the REST interface shows it: the union of CatalogInfo, SchemaInfo, TableInfo … of reference
/// §1.1. What a family does not have stays null and so absent.
/// </summary>
internal sealed record ObjectInfo
{
    public required string Name { get; init; }

    public required string FullName { get; init; }

    public string? CatalogName { get; init; }

    public string? SchemaName { get; init; }

    public required string Owner { get; init; }

    public string? Comment { get; init; }

    public required string MetastoreId { get; init; }

    public long CreatedAt { get; init; }

    public string? CreatedBy { get; init; }

    public long UpdatedAt { get; init; }

    public string? UpdatedBy { get; init; }

    public bool? BrowseOnly { get; init; }

    public IReadOnlyDictionary<string, string>? Properties { get; init; }

    public string? StorageLocation { get; init; }

    public string? CatalogType { get; init; }

    public string? IsolationMode { get; init; }

    public string? SecurableType { get; init; }

    public string? SchemaId { get; init; }

    public string? TableId { get; init; }

    public string? TableType { get; init; }

    public string? DataSourceFormat { get; init; }

    public IReadOnlyList<ColumnInfo>? Columns { get; init; }

    public RowFilterInfo? RowFilter { get; init; }

    public string? ViewDefinition { get; init; }

    public KindManifest? SecurableKindManifest { get; init; }

    public string? FunctionId { get; init; }

    public string? DataType { get; init; }

    public string? FullDataType { get; init; }

    public ParameterList? InputParams { get; init; }

    public string? RoutineBody { get; init; }

    public string? RoutineDefinition { get; init; }

    public string? SecurityType { get; init; }

    public string? VolumeId { get; init; }

    public string? VolumeType { get; init; }

    /// <summary>Of credentials.</summary>
    public string? Id { get; init; }

    /// <summary>Of credentials under <c>/credentials</c>: SERVICE or STORAGE.</summary>
    public string? Purpose { get; init; }

    public string? ConnectionId { get; init; }

    public string? ConnectionType { get; init; }

    public IReadOnlyDictionary<string, string>? Options { get; init; }

    /// <summary>Of external locations.</summary>
    public string? Url { get; init; }

    public string? CredentialName { get; init; }

    public string? CredentialId { get; init; }

    public IReadOnlyList<ModelAlias>? Aliases { get; init; }
}

/// <summary>An alias of a version of a model.</summary>
internal sealed record ModelAlias(string AliasName, int VersionNum);

internal sealed record ColumnInfo(
    string Name, string TypeText, string TypeName, int Position, string? Comment, bool Nullable, MaskInfo? Mask = null);

internal sealed record RowFilterInfo(
    string FunctionName, IReadOnlyList<string> InputColumnNames, IReadOnlyList<GuardArgumentInfo> InputArguments);

internal sealed record MaskInfo(
    string FunctionName, IReadOnlyList<string>? UsingColumnNames, IReadOnlyList<GuardArgumentInfo>? UsingArguments);

/// <summary>A column name or a constant.</summary>
internal sealed record GuardArgumentInfo(string? Column, string? Constant);

internal sealed record ParameterList(IReadOnlyList<ParameterInfo> Parameters);

internal sealed record ParameterInfo(string Name, string TypeText, string TypeName, int Position);

/// <summary>What may be granted on one object, as include_manifest_capabilities shows it.</summary>
internal sealed record KindManifest(string SecurableType, string SecurableKind, IReadOnlyList<string> AssignablePrivileges);

/// <summary>A page of a listing; an empty array is an absent one (reference §0.8).</summary>
internal sealed record ObjectList
{
    public IReadOnlyList<ObjectInfo>? Catalogs { get; init; }

    public IReadOnlyList<ObjectInfo>? Schemas { get; init; }

    public IReadOnlyList<ObjectInfo>? Tables { get; init; }

    public IReadOnlyList<ObjectInfo>? Functions { get; init; }

    public IReadOnlyList<ObjectInfo>? Volumes { get; init; }

    public IReadOnlyList<ObjectInfo>? RegisteredModels { get; init; }

    public IReadOnlyList<ObjectInfo>? ExternalLocations { get; init; }

    public IReadOnlyList<ObjectInfo>? StorageCredentials { get; init; }

    public IReadOnlyList<ObjectInfo>? Credentials { get; init; }

    public IReadOnlyList<ObjectInfo>? Connections { get; init; }

    public string? NextPageToken { get; init; }
}

internal sealed record TableSummary(string FullName, string TableType, KindManifest? SecurableKindManifest);

internal sealed record TableSummaryList(IReadOnlyList<TableSummary>? Tables, string? NextPageToken);

internal sealed record TableExistence(bool TableExists);

internal sealed record MetastoreSummary(
    string MetastoreId, string Name, string Owner, string Region, string Cloud, string GlobalMetastoreId,
    string PrivilegeModelVersion, long CreatedAt);

internal sealed record MetastoreList(IReadOnlyList<MetastoreSummary> Metastores);

internal sealed record MetastoreAssignment(string MetastoreId, long WorkspaceId, string DefaultCatalogName);

/// <summary>Bodies of POST and PATCH; members that a family does not know are ignored, as the server does.</summary>
internal sealed record ObjectRequest
{
    public string? Name { get; init; }

    public string? CatalogName { get; init; }

    public string? SchemaName { get; init; }

    public string? Comment { get; init; }

    public string? Owner { get; init; }

    public string? NewName { get; init; }

    public string? TableType { get; init; }

    public string? VolumeType { get; init; }

    public string? StorageLocation { get; init; }

    public string? DataType { get; init; }

    public string? RoutineDefinition { get; init; }

    public IReadOnlyList<ColumnRequest>? Columns { get; init; }

    public ObjectRequest? FunctionInfo { get; init; }

    public ParameterList? InputParams { get; init; }

    public string? FullDataType { get; init; }

    /// <summary>Of external locations.</summary>
    public string? Url { get; init; }

    public string? CredentialName { get; init; }

    /// <summary>Of <c>/credentials</c>: SERVICE or STORAGE.</summary>
    public string? Purpose { get; init; }

    public string? ConnectionType { get; init; }

    public IReadOnlyDictionary<string, string>? Options { get; init; }

    public IReadOnlyDictionary<string, string>? Properties { get; init; }

    public string? IsolationMode { get; init; }
}

internal sealed record ColumnRequest(string Name, string? TypeText, string? Comment, bool? Nullable);
