namespace UnityCatalog.Emulator.Catalog;

/// <summary>
/// What an object is. Views of every sort are tables, and a registered model answers to the type
/// <c>function</c> in permission paths although it has a listing of its own (reference §0.9).
/// </summary>
internal enum SecurableFamily
{
    Metastore,
    Catalog,
    Schema,
    Table,
    Function,
    Volume,
    Model,
    ExternalLocation,
    StorageCredential,
    Credential,
    Connection,
}

internal static class SecurableFamilies
{
    private static readonly Dictionary<string, SecurableFamily> ByPathType = new(StringComparer.OrdinalIgnoreCase)
    {
        ["metastore"] = SecurableFamily.Metastore,
        ["catalog"] = SecurableFamily.Catalog,
        ["schema"] = SecurableFamily.Schema,
        ["table"] = SecurableFamily.Table,
        ["function"] = SecurableFamily.Function,
        ["volume"] = SecurableFamily.Volume,
        ["external_location"] = SecurableFamily.ExternalLocation,
        ["storage_credential"] = SecurableFamily.StorageCredential,
        ["credential"] = SecurableFamily.Credential,
        ["connection"] = SecurableFamily.Connection,
    };

    public static bool TryParsePathType(string text, out SecurableFamily family) => ByPathType.TryGetValue(text, out family);

    public static string PathType(this SecurableFamily family) => family switch
    {
        SecurableFamily.Metastore => "metastore",
        SecurableFamily.Catalog => "catalog",
        SecurableFamily.Schema => "schema",
        SecurableFamily.Table => "table",
        SecurableFamily.Function or SecurableFamily.Model => "function",
        SecurableFamily.Volume => "volume",
        SecurableFamily.ExternalLocation => "external_location",
        SecurableFamily.StorageCredential => "storage_credential",
        SecurableFamily.Credential => "credential",
        _ => "connection",
    };

    /// <summary>The type as the server writes it inside messages and <c>inherited_from_type</c>.</summary>
    public static string UpperType(this SecurableFamily family) => family.PathType().ToUpperInvariant();

    /// <summary>The noun of error messages: "Table 'a.b.c' does not exist."</summary>
    public static string Label(this SecurableFamily family) => family switch
    {
        SecurableFamily.Model => "Registered Model",
        SecurableFamily.ExternalLocation => "External Location",
        SecurableFamily.StorageCredential => "Storage Credential",
        _ => family.ToString(),
    };

    /// <summary>How many names a full name has.</summary>
    public static int Depth(this SecurableFamily family) => family switch
    {
        SecurableFamily.Schema => 2,
        SecurableFamily.Table or SecurableFamily.Function or SecurableFamily.Volume or SecurableFamily.Model => 3,
        _ => 1,
    };

    public static bool IsLeaf(this SecurableFamily family) => family.Depth() == 3;
}
