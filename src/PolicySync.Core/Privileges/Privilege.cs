using PolicySync.Core.Securables;

namespace PolicySync.Core.Privileges;

/// <summary>
/// Names of privileges. They are an open set of texts: Databricks adds names that no version of its SDKs lists
/// (reference unity-catalog.md §0.10), so nothing here refuses an unknown one.
/// </summary>
public static class Privilege
{
    /// <summary>Everything that the kind has now and will have, but see <see cref="OutlivesAllPrivileges"/>.</summary>
    public const string AllPrivileges = "ALL_PRIVILEGES";

    /// <summary>Grant, revoke, transfer and drop; gives no data.</summary>
    public const string Manage = "MANAGE";

    /// <summary>Enter a catalog: without it nothing below can be used.</summary>
    public const string UseCatalog = "USE_CATALOG";

    /// <summary>Enter a schema: without it nothing below can be used.</summary>
    public const string UseSchema = "USE_SCHEMA";

    /// <summary>Read a table, a view or all of them in a container.</summary>
    public const string Select = "SELECT";

    /// <summary>See what an object is; the one privilege of a metastore that reaches everything in it.</summary>
    public const string ReadMetadata = "READ_METADATA";

    /// <summary>Change rows in every way: it comes with INSERT, UPDATE and DELETE, which can also be held by themselves.</summary>
    public const string Modify = "MODIFY";

    private const string ExternalUse = "EXTERNAL_USE_";

    /// <summary>
    /// The form in which Unity Catalog returns names: upper case with underscores. It takes spaces and any case.
    /// </summary>
    public static string Normalise(string name) => name.Trim().Replace(' ', '_').ToUpperInvariant();

    /// <summary>
    /// As <see cref="Normalise(string)"/>, with the two legacy names that Unity Catalog takes and returns translated
    /// (terraform-provider-databricks issue 1658).
    /// </summary>
    public static string Normalise(string name, SecurableType on) => (Normalise(name), on) switch
    {
        ("USAGE", SecurableType.Catalog) => UseCatalog,
        ("USAGE", SecurableType.Schema) => UseSchema,
        ("CREATE", SecurableType.Catalog) => "CREATE_SCHEMA",
        ("CREATE", SecurableType.Schema) => "CREATE_TABLE",
        var (normal, _) => normal,
    };

    /// <summary>The privilege for an access type of the service definition: <c>use_schema</c> is <c>USE_SCHEMA</c>.</summary>
    public static string OfAccessType(string accessType) => Normalise(accessType);

    /// <summary>The access type for a privilege: <c>USE_SCHEMA</c> is <c>use_schema</c>.</summary>
    public static string AccessTypeOf(string privilege) => Normalise(privilege).ToLowerInvariant();

    /// <summary>True for the two privileges that a child needs on its containers.</summary>
    public static bool IsUse(string privilege) => privilege is UseCatalog or UseSchema;

    /// <summary>
    /// True for the parts of <see cref="Modify"/>. Who holds MODIFY may do what they allow, without holding them; revoking it
    /// leaves those that are held. Source: Databricks, «Fine-grained DML privileges» (reference unity-catalog-news.md).
    /// </summary>
    public static bool IsPartOfModify(string privilege) => privilege is "INSERT" or "UPDATE" or "DELETE";

    /// <summary>
    /// True for what <see cref="AllPrivileges"/> does not give and what stays when it is removed: MANAGE and
    /// EXTERNAL_USE_*. Source: Databricks, «REVOKE» and «Unity Catalog privileges» (reference §0.3).
    /// </summary>
    public static bool OutlivesAllPrivileges(string privilege) =>
        privilege is Manage || privilege.StartsWith(ExternalUse, StringComparison.Ordinal);

    /// <summary>
    /// True for what MANAGE on a securable may not be enough to grant there: EXTERNAL_USE_SCHEMA is for the owner of the
    /// catalog alone to give. Source: Databricks, «Unity Catalog privileges» (reference §2).
    /// </summary>
    public static bool NeedsMoreThanManage(string privilege) => privilege.StartsWith(ExternalUse, StringComparison.Ordinal);

    /// <summary>
    /// True for every privilege that <see cref="AllPrivileges"/> includes, and removes when it is revoked: every other privilege of
    /// the securable, also one newer than this program.
    /// </summary>
    public static bool IsImpliedByAll(string privilege) =>
        privilege is not AllPrivileges && !OutlivesAllPrivileges(privilege);
}
