using System.Text;

namespace UnityCatalog.Emulator.Sql;

internal enum TypeFamily
{
    Text,
    Integer,
    Decimal,
    Floating,
    Boolean,
    Date,
    Timestamp,

    /// <summary>Carried through as it is: binary, arrays, maps, structs, variants …</summary>
    Opaque,
}

/// <summary>A type as it is written, in one spelling, and what the emulator can do with its values.</summary>
internal sealed record SqlType(string Text, TypeFamily Family, int? Length = null, int? Scale = null)
{
    private static readonly Dictionary<string, (string Name, TypeFamily Family)> Simple = new(StringComparer.OrdinalIgnoreCase)
    {
        ["string"] = ("string", TypeFamily.Text),
        ["tinyint"] = ("tinyint", TypeFamily.Integer),
        ["byte"] = ("tinyint", TypeFamily.Integer),
        ["smallint"] = ("smallint", TypeFamily.Integer),
        ["short"] = ("smallint", TypeFamily.Integer),
        ["int"] = ("int", TypeFamily.Integer),
        ["integer"] = ("int", TypeFamily.Integer),
        ["bigint"] = ("bigint", TypeFamily.Integer),
        ["long"] = ("bigint", TypeFamily.Integer),
        ["float"] = ("float", TypeFamily.Floating),
        ["real"] = ("float", TypeFamily.Floating),
        ["double"] = ("double", TypeFamily.Floating),
        ["boolean"] = ("boolean", TypeFamily.Boolean),
        ["date"] = ("date", TypeFamily.Date),
        ["timestamp"] = ("timestamp", TypeFamily.Timestamp),
        ["timestamp_ntz"] = ("timestamp_ntz", TypeFamily.Timestamp),
        ["timestamp_ltz"] = ("timestamp", TypeFamily.Timestamp),
        ["binary"] = ("binary", TypeFamily.Opaque),
        ["variant"] = ("variant", TypeFamily.Opaque),
    };

    public static SqlType Boolean { get; } = new("boolean", TypeFamily.Boolean);

    public static SqlType String { get; } = new("string", TypeFamily.Text);

    /// <summary>Reads a type that is the whole of a text, for example a column's <c>type_text</c>.</summary>
    public static SqlType Of(string text)
    {
        var reader = new TokenReader(SqlLexer.Read(text));
        var type = Read(reader);
        reader.ExpectEnd();
        return type;
    }

    public static SqlType Read(TokenReader reader)
    {
        var name = reader.ExpectWord();
        if (Simple.TryGetValue(name, out var simple))
        {
            return new SqlType(simple.Name, simple.Family);
        }

        switch (name.ToLowerInvariant())
        {
            case "varchar" or "char":
                reader.ExpectSymbol("(");
                var length = ReadNumber(reader);
                reader.ExpectSymbol(")");
                return new SqlType($"{name.ToLowerInvariant()}({length})", TypeFamily.Text, length);
            case "decimal" or "dec" or "numeric":
                return ReadDecimal(reader);
            case "array":
                reader.ExpectSymbol("<");
                var item = Read(reader);
                reader.ExpectSymbol(">");
                return new SqlType($"array<{item.Text}>", TypeFamily.Opaque);
            case "map":
                reader.ExpectSymbol("<");
                var key = Read(reader);
                reader.ExpectSymbol(",");
                var value = Read(reader);
                reader.ExpectSymbol(">");
                return new SqlType($"map<{key.Text},{value.Text}>", TypeFamily.Opaque);
            case "struct":
                return ReadStruct(reader);
            default:
                throw SqlException.Bad("UNSUPPORTED_DATATYPE", "0A000", $"Unsupported data type '{name}'.");
        }
    }

    private static SqlType ReadDecimal(TokenReader reader)
    {
        if (!reader.TrySymbol("("))
        {
            return new SqlType("decimal(10,0)", TypeFamily.Decimal, 10, 0);
        }

        var precision = ReadNumber(reader);
        var scale = reader.TrySymbol(",") ? ReadNumber(reader) : 0;
        reader.ExpectSymbol(")");
        return new SqlType($"decimal({precision},{scale})", TypeFamily.Decimal, precision, scale);
    }

    private static SqlType ReadStruct(TokenReader reader)
    {
        var text = new StringBuilder("struct<");
        reader.ExpectSymbol("<");
        do
        {
            var field = reader.ExpectName();
            reader.TrySymbol(":");
            text.Append(text.Length > 7 ? "," : "").Append(field).Append(':').Append(Read(reader).Text);
        }
        while (reader.TrySymbol(","));
        reader.ExpectSymbol(">");
        return new SqlType(text.Append('>').ToString(), TypeFamily.Opaque);
    }

    private static int ReadNumber(TokenReader reader) =>
        int.TryParse(reader.Current.Text, out var number) && reader.Current.Kind == SqlTokenKind.Number
            ? Take(reader, number) : throw SqlException.Syntax(reader.Current.Shown);

    private static int Take(TokenReader reader, int number)
    {
        reader.Advance();
        return number;
    }
}
