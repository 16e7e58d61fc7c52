namespace PolicySync.Client;

/// <summary>A task to create.</summary>
/// <example><c>TaskRequest.Sync(Securable.Table("main", "sales", "customers"))</c></example>
public sealed record TaskRequest
{
    /// <summary>Makes Unity Catalog equal to the policies.</summary>
    public const string SyncType = "RESOURCE_SYNC";

    /// <summary>Compares, and writes nothing.</summary>
    public const string VerifyType = "VERIFY";

    /// <summary><see cref="SyncType"/> or <see cref="VerifyType"/>. Default: <see cref="SyncType"/>.</summary>
    public string Type { get; init; } = SyncType;

    /// <summary>What the task covers, and how.</summary>
    public required TaskRequestInfo RequestInfo { get; init; }

    /// <summary>Returned with the task as <see cref="TaskEvent.Id"/>; up to 4,096 characters.</summary>
    public string? Id { get; init; }

    /// <summary>Returned with the task as <see cref="TaskEvent.AppType"/>; up to 4,096 characters.</summary>
    public string? AppType { get; init; }

    /// <summary>Returned with the task as <see cref="TaskEvent.AppSubType"/>; up to 4,096 characters.</summary>
    public string? AppSubType { get; init; }

    /// <summary>Returned with the task as <see cref="TaskEvent.Source"/>; up to 4,096 characters.</summary>
    public string? Source { get; init; }

    /// <summary>Returned with the task as <see cref="TaskEvent.CreateTime"/>; up to 4,096 characters.</summary>
    public string? CreateTime { get; init; }

    /// <summary>A task that makes Unity Catalog equal to the policies.</summary>
    public static TaskRequest Sync(params IReadOnlyList<Securable> resources) => new() { RequestInfo = new() { Resources = resources } };

    /// <summary>A task that plans the changes and does not make them.</summary>
    public static TaskRequest DryRun(params IReadOnlyList<Securable> resources) => new() { RequestInfo = new() { Resources = resources, DryRun = true } };

    /// <summary>A task that compares, and writes nothing.</summary>
    public static TaskRequest Verify(params IReadOnlyList<Securable> resources) =>
        new() { Type = VerifyType, RequestInfo = new() { Resources = resources } };
}

/// <summary>What a task covers, and how.</summary>
public sealed record TaskRequestInfo
{
    /// <summary>1 to 1,000 securables.</summary>
    public required IReadOnlyList<Securable> Resources { get; init; }

    /// <summary>True to plan the changes and not to make them. Default: false.</summary>
    public bool? DryRun { get; init; }

    /// <summary>True to let this task revoke more than the service's <c>Sync:MaxRevokeShare</c>. Default: false.</summary>
    public bool? AllowRevoke { get; init; }
}

/// <summary>A securable by its type and names. A container covers everything in it, unless <see cref="SelfOnly"/> is true.</summary>
/// <param name="Type">One of the type words of the API, for example <c>table</c>.</param>
/// <param name="Values">The names of its levels, by level.</param>
/// <example><c>Securable.Schema("main", "sales") with { SelfOnly = true }</c></example>
public sealed record Securable(string Type, IReadOnlyDictionary<string, string> Values)
{
    /// <summary>Of a catalog or schema: true to sync only its own grants and USE, and nothing below it. Default: false. The service refuses it for other types.</summary>
    public bool? SelfOnly { get; init; }

    /// <summary>A catalog and everything in it.</summary>
    public static Securable Catalog(string catalog) => new("catalog", Names(("catalog", catalog)));

    /// <summary>A schema and everything in it.</summary>
    public static Securable Schema(string catalog, string schema) => new("schema", Names(("catalog", catalog), ("schema", schema)));

    /// <summary>A table, view, materialized view, streaming table, metric view or foreign table.</summary>
    public static Securable Table(string catalog, string schema, string table) => InSchema("table", catalog, schema, table);

    /// <summary>A function.</summary>
    public static Securable Function(string catalog, string schema, string function) => InSchema("function", catalog, schema, function);

    /// <summary>A volume.</summary>
    public static Securable Volume(string catalog, string schema, string volume) => InSchema("volume", catalog, schema, volume);

    /// <summary>A registered model.</summary>
    public static Securable Model(string catalog, string schema, string model) => InSchema("model", catalog, schema, model);

    /// <summary>An external location.</summary>
    public static Securable ExternalLocation(string name) => new("external_location", Names(("external_location", name)));

    /// <summary>A storage credential.</summary>
    public static Securable StorageCredential(string name) => new("storage_credential", Names(("storage_credential", name)));

    /// <summary>A service credential.</summary>
    public static Securable ServiceCredential(string name) => new("service_credential", Names(("service_credential", name)));

    /// <summary>A connection.</summary>
    public static Securable Connection(string name) => new("connection", Names(("connection", name)));

    /// <summary>The metastore by its id: the grants on itself.</summary>
    public static Securable Metastore(string id) => new("metastore", Names(("metastore", id)));

    private static Securable InSchema(string type, string catalog, string schema, string name) =>
        new(type, Names(("catalog", catalog), ("schema", schema), (type, name)));

    private static Dictionary<string, string> Names(params ReadOnlySpan<(string Level, string Name)> names)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (level, name) in names)
        {
            values[level] = name;
        }

        return values;
    }
}
