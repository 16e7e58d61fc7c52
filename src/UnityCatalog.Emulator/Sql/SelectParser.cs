using System.Globalization;

namespace UnityCatalog.Emulator.Sql;

/// <summary>Parses <c>SELECT items [FROM table] [WHERE condition] [LIMIT n]</c> from behind SELECT on.</summary>
internal static class SelectParser
{
    public static Select Read(TokenReader reader, string text)
    {
        var items = reader.TrySymbol("*") ? null : ReadItems(reader, text);
        var from = reader.TryWord("FROM") ? reader.ExpectNames(3) : null;
        var where = reader.TryWord("WHERE") ? new ExpressionParser(reader).Read() : null;
        var limit = reader.TryWord("LIMIT") ? ReadLimit(reader) : null;
        return items is null && from is null
            ? throw SqlException.Syntax(reader.Current.Shown)
            : new Select(items, from, where, limit);
    }

    private static List<SelectItem> ReadItems(TokenReader reader, string text)
    {
        var items = new List<SelectItem>();
        do
        {
            var start = reader.Current.Position;
            var value = TryCount(reader) ? null : new ExpressionParser(reader).Read();
            var name = value is NameReference reference ? reference.Name : text[start..reader.Current.Position].Trim();
            items.Add(new SelectItem(reader.TryWord("AS") ? reader.ExpectName() : name, value));
        }
        while (reader.TrySymbol(","));
        return items.Count > 1 && items.Exists(item => item.Value is null)
            ? throw SqlException.Unsupported("count(*) beside other columns") : items;
    }

    private static bool TryCount(TokenReader reader)
    {
        if (!reader.Current.IsWord("COUNT") || !reader.Following.IsSymbol("("))
        {
            return false;
        }

        reader.Advance();
        reader.ExpectSymbol("(");
        reader.ExpectSymbol("*");
        reader.ExpectSymbol(")");
        return true;
    }

    private static int? ReadLimit(TokenReader reader) =>
        reader.Current.Kind == SqlTokenKind.Number && int.TryParse(reader.Current.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
            ? Taken(reader, limit) : throw SqlException.Syntax(reader.Current.Shown);

    private static int Taken(TokenReader reader, int number)
    {
        reader.Advance();
        return number;
    }
}
