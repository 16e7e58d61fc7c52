using PolicySync.Ranger.Json;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Policies;

/// <summary>
/// Ranger's service definition for Unity Catalog, to be registered in Ranger Admin. Its access types are Unity Catalog's
/// privileges in lower case, its resource levels are called like the securable types.
/// </summary>
public static class UnityCatalogServiceDef
{
    private const string Resource = "databricks_unity_catalog.servicedef.json";

    /// <summary>The definition as Ranger Admin takes it.</summary>
    public static ReadOnlyMemory<byte> Utf8 { get; } = ReadBytes();

    /// <summary>Reads the definition; each call gives one of its own, since it can be changed.</summary>
    public static RangerServiceDef Read() => RangerJson.ReadServiceDef(Utf8);

    private static byte[] ReadBytes()
    {
        using var stream = typeof(UnityCatalogServiceDef).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"the assembly lacks its resource `{Resource}`");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
