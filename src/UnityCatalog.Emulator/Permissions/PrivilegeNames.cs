using UnityCatalog.Emulator.Catalog;

namespace UnityCatalog.Emulator.Permissions;

/// <summary>Privileges are an open set of strings (reference §0.10); here is how the server spells them.</summary>
internal static class PrivilegeNames
{
    public const string AllPrivileges = "ALL_PRIVILEGES";
    public const string Browse = "BROWSE";

    /// <summary>The one privilege that a metastore hands down, to everything (reference unity-catalog-news.md).</summary>
    public const string ReadMetadata = "READ_METADATA";
    public const string ExternalUseSchema = "EXTERNAL_USE_SCHEMA";
    public const string ExternalUseLocation = "EXTERNAL_USE_LOCATION";
    public const string Manage = "MANAGE";
    public const string UseCatalog = "USE_CATALOG";
    public const string UseSchema = "USE_SCHEMA";

    /// <summary>Not implied by ALL_PRIVILEGES, so they also survive its removal (reference §0.3).</summary>
    public static bool IsOutsideAllPrivileges(string privilege) =>
        privilege is Manage or ExternalUseSchema or ExternalUseLocation;

    /// <summary>Spaces and any case are accepted, upper case with underscores is stored; two names are legacy (reference §1.2).</summary>
    public static string Normalise(string text, SecurableFamily on)
    {
        var name = text.Trim().Replace(' ', '_').ToUpperInvariant();
        return (name, on) switch
        {
            ("USAGE", SecurableFamily.Catalog) => UseCatalog,
            ("USAGE", SecurableFamily.Schema) => UseSchema,
            ("CREATE", SecurableFamily.Catalog) => "CREATE_SCHEMA",
            ("CREATE", SecurableFamily.Schema) => "CREATE_TABLE",
            _ => name,
        };
    }
}
