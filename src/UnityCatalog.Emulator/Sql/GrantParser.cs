using UnityCatalog.Emulator.Catalog;

namespace UnityCatalog.Emulator.Sql;

/// <summary>Parses GRANT, REVOKE and SHOW GRANTS from behind their first words on.</summary>
internal static class GrantParser
{
    public static ChangeGrants ReadGrant(TokenReader reader)
    {
        var privileges = ReadPrivileges(reader);
        var (family, name) = ReadSecurable(reader);
        reader.ExpectWords("TO");
        return new ChangeGrants(family, name, reader.ExpectName(), privileges, []);
    }

    public static ChangeGrants ReadRevoke(TokenReader reader)
    {
        var privileges = ReadPrivileges(reader);
        var (family, name) = ReadSecurable(reader);
        reader.ExpectWords("FROM");
        return new ChangeGrants(family, name, reader.ExpectName(), [], privileges);
    }

    public static ShowGrants ReadShow(TokenReader reader)
    {
        var principal = reader.Current.IsWord("ON") ? null : reader.ExpectName();
        var (family, name) = ReadSecurable(reader);
        return new ShowGrants(family, name, principal);
    }

    /// <summary>Names of one or more words each; ON ends them and takes itself along.</summary>
    private static List<string> ReadPrivileges(TokenReader reader)
    {
        var privileges = new List<string>();
        do
        {
            var words = new List<string> { reader.ExpectWord() };
            while (!reader.Current.IsSymbol(",") && !reader.Current.IsWord("ON"))
            {
                words.Add(reader.ExpectWord());
            }

            privileges.Add(string.Join(' ', words));
        }
        while (reader.TrySymbol(","));
        return privileges;
    }

    // Without a word for the kind, a table is meant.
    private static (SecurableFamily Family, string[] Name) ReadSecurable(TokenReader reader)
    {
        reader.ExpectWords("ON");
        var family = SecurableWords.Read(reader) ?? SecurableFamily.Table;
        return (family, family == SecurableFamily.Metastore ? [] : reader.ExpectNames(family.Depth()));
    }
}
