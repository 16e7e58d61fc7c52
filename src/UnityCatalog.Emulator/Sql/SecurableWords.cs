using UnityCatalog.Emulator.Catalog;

namespace UnityCatalog.Emulator.Sql;

/// <summary>SQL keywords of the kinds of objects.</summary>
internal static class SecurableWords
{
    private static readonly (string[] Words, SecurableFamily Family)[] Known =
    [
        (["CATALOG"], SecurableFamily.Catalog),
        (["SCHEMA"], SecurableFamily.Schema),
        (["DATABASE"], SecurableFamily.Schema),
        (["TABLE"], SecurableFamily.Table),
        (["VIEW"], SecurableFamily.Table),
        (["MATERIALIZED", "VIEW"], SecurableFamily.Table),
        (["STREAMING", "TABLE"], SecurableFamily.Table),
        (["FUNCTION"], SecurableFamily.Function),
        (["MODEL"], SecurableFamily.Model),
        (["VOLUME"], SecurableFamily.Volume),
        (["EXTERNAL", "LOCATION"], SecurableFamily.ExternalLocation),
        (["STORAGE", "CREDENTIAL"], SecurableFamily.StorageCredential),
        (["SERVICE", "CREDENTIAL"], SecurableFamily.Credential),
        (["CONNECTION"], SecurableFamily.Connection),
        (["METASTORE"], SecurableFamily.Metastore),
    ];

    /// <summary>Reads the keywords of a kind; null, without reading, when there are none.</summary>
    public static SecurableFamily? Read(TokenReader reader)
    {
        foreach (var (words, family) in Known)
        {
            if (reader.TryWords(words))
            {
                return family;
            }
        }

        return null;
    }
}
