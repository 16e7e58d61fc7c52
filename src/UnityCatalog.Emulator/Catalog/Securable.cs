using UnityCatalog.Emulator.Permissions;
using UnityCatalog.Emulator.Sql;
using UnityCatalog.Emulator.Tags;

namespace UnityCatalog.Emulator.Catalog;

/// <summary>One object of the metastore, or the metastore itself at the root of the tree.</summary>
internal sealed class Securable(SecurableFamily family, string name, string kind, Securable? parent)
{
    private Dictionary<SecurableFamily, NameIndex>? _children;

    public SecurableFamily Family { get; } = family;

    /// <summary>Lower case: Unity Catalog stores names so (reference §5).</summary>
    public string Name { get; set; } = name;

    /// <summary>The kind within the family: MANAGED, VIEW, FOREIGN_CATALOG, REGISTERED_MODEL …</summary>
    public string Kind { get; } = kind;

    /// <summary>The container; a table may be moved to another schema.</summary>
    public Securable? Parent { get; set; } = parent;

    public string Id { get; init; } = "";

    public long CreatedAt { get; init; }

    public string? CreatedBy { get; init; }

    public long UpdatedAt { get; set; }

    public string? UpdatedBy { get; set; }

    public string Owner { get; set; } = "";

    /// <summary>The owner's principal id; 0 when the name is not a principal ("System user").</summary>
    public long OwnerId { get; set; }

    public SecurableDetails Details { get; set; } = SecurableDetails.None;

    /// <summary>Made by Databricks (information_schema, samples, …): its grants cannot be changed.</summary>
    public bool BuiltIn { get; init; }

    public GrantHistory Grants { get; } = new();

    public TagSet Tags { get; } = new();

    /// <summary>Attribute-based policies that are attached to it.</summary>
    public List<AbacPolicy> AbacPolicies { get; } = [];

    /// <summary>The workspaces that may reach an object outside catalogs, and everything below it.</summary>
    public WorkspaceBindings Bindings { get; } = new();

    /// <summary>The versions of a registered model.</summary>
    public ModelVersions Versions { get; } = new();

    /// <summary>Names joined by dots; a name holds no dot, so no quoting is needed (reference §5).</summary>
    public string FullName => Parent is null || Parent.Family == SecurableFamily.Metastore
        ? Name
        : $"{Parent.FullName}.{Name}";

    public NameIndex Children(SecurableFamily of)
    {
        _children ??= [];
        if (!_children.TryGetValue(of, out var index))
        {
            _children[of] = index = new NameIndex();
        }

        return index;
    }

    /// <summary>False for a container that holds anything but its information_schema.</summary>
    public bool IsEmpty => _children is null || _children.Values.All(index =>
        index.Count == 0 || (index.Count == 1 && index[0].BuiltIn));
}

/// <summary>The details of an object beyond its name and owner.</summary>
internal sealed record SecurableDetails(
    string? Comment = null,
    IReadOnlyList<Column>? Columns = null,
    string? Definition = null,
    string? DataType = null,
    string? StorageLocation = null,
    IReadOnlyDictionary<string, string>? Properties = null,
    Guard? RowFilter = null,
    IReadOnlyList<IReadOnlyList<string?>>? Rows = null,
    IReadOnlyList<Parameter>? Parameters = null,
    string? CredentialName = null,
    string? ConnectionType = null,
    IReadOnlyDictionary<string, string>? Options = null)
{
    public static readonly SecurableDetails None = new();
}

/// <summary>Columns keep their case (reference §5).</summary>
internal sealed record Column(string Name, string Type, string? Comment = null, bool? Nullable = null, Guard? Mask = null);

/// <summary>A parameter of a function.</summary>
internal sealed record Parameter(string Name, string Type);

/// <summary>A row filter or column mask in force.</summary>
/// <param name="Function">Full name, in lower case.</param>
/// <param name="Arguments">What it is given; a mask is given the masked column first, which is not listed.</param>
internal sealed record Guard(string Function, IReadOnlyList<GuardArgument> Arguments);
