using System.Globalization;

namespace UnityCatalog.Emulator.Sql;

/// <summary>A value of a type that the emulator only carries through.</summary>
internal sealed record Opaque(string Text);

/// <summary>
/// Values as the evaluator has them: null, bool, decimal (of every exact number), double, string, DateOnly, DateTime,
/// <see cref="Opaque"/>. Casts and comparisons.
/// </summary>
internal static class SqlValues
{
    private static readonly string[] TimestampForms = ["yyyy-MM-dd HH:mm:ss.FFFFFF", "yyyy-MM-dd'T'HH:mm:ss.FFFFFF", "yyyy-MM-dd"];

    /// <summary>The value as a result shows it.</summary>
    public static string? Show(object? value) => value switch
    {
        null => null,
        bool truth => truth ? "true" : "false",
        decimal number => number.ToString(CultureInfo.InvariantCulture),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime time => time.ToString("yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture),
        Opaque opaque => opaque.Text,
        _ => (string)value,
    };

    /// <summary>The value in another type.</summary>
    /// <exception cref="SqlException">The value cannot be cast, and <paramref name="tries"/> is not set.</exception>
    public static object? Cast(object? value, SqlType type, bool tries)
    {
        if (value is null)
        {
            return null;
        }

        var cast = type.Family switch
        {
            TypeFamily.Text => Text(Show(value)!, type.Length),
            TypeFamily.Integer => Number(value) is { } number ? decimal.Truncate(number) : null,
            TypeFamily.Decimal => Number(value) is { } number ? decimal.Round(number, Math.Min(type.Scale ?? 0, 28), MidpointRounding.AwayFromZero) : null,
            TypeFamily.Floating => value is double ? value : Number(value) is { } number ? (double)number : null,
            TypeFamily.Boolean => Truth(value),
            TypeFamily.Date => Date(value),
            TypeFamily.Timestamp => Timestamp(value),
            _ => value is Opaque ? value : value is string text ? new Opaque(text) : (object?)null,
        };
        return cast is not null || tries ? cast
            : throw SqlException.Bad("CAST_INVALID_INPUT", "22018", $"The value '{Show(value)}' cannot be cast to \"{type.Text.ToUpperInvariant()}\".");
    }

    /// <summary>Three-valued truth; a text is read as a boolean.</summary>
    public static bool? Truth(object? value) => value switch
    {
        bool truth => truth,
        decimal number => number != 0,
        double number => number != 0,
        string text => text.Trim().ToUpperInvariant() switch
        {
            "TRUE" or "T" or "YES" or "Y" or "1" => true,
            "FALSE" or "F" or "NO" or "N" or "0" => false,
            _ => null,
        },
        _ => null,
    };

    /// <summary>Compares; null when either is null or they do not compare. A text beside another type is read as that type.</summary>
    public static int? Compare(object? left, object? right)
    {
        if (left is null || right is null)
        {
            return null;
        }

        return (left, right) switch
        {
            (string a, string b) => string.CompareOrdinal(a, b),
            (bool a, bool b) => a.CompareTo(b),
            (DateOnly a, DateOnly b) => a.CompareTo(b),
            (DateTime or DateOnly, _) or (_, DateTime or DateOnly) => Order(Timestamp(left), Timestamp(right)),
            (double, _) or (_, double) => Order(Floating(left), Floating(right)),
            (decimal, _) or (_, decimal) => Order(Number(left), Number(right)),
            (bool, _) or (_, bool) => Order(Truth(left), Truth(right)),
            (Opaque a, Opaque b) => string.CompareOrdinal(a.Text, b.Text),
            _ => string.CompareOrdinal(Show(left), Show(right)),
        };
    }

    public static decimal? Number(object? value) => value switch
    {
        decimal number => number,
        double number when Math.Abs(number) < 1e27 => (decimal)number,
        bool truth => truth ? 1 : 0,
        string text => decimal.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null,
        _ => null,
    };

    public static DateOnly? Date(object? value) => value switch
    {
        DateOnly date => date,
        DateTime time => DateOnly.FromDateTime(time),
        string text => Timestamp(text) is { } time ? DateOnly.FromDateTime(time) : null,
        _ => null,
    };

    public static DateTime? Timestamp(object? value) => value switch
    {
        DateTime time => time,
        DateOnly date => date.ToDateTime(TimeOnly.MinValue),
        string text => DateTime.TryParseExact(text.Trim(), TimestampForms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null,
        _ => null,
    };

    private static double? Floating(object? value) => value is double number ? number : (double?)Number(value);

    private static int? Order<T>(T? left, T? right)
        where T : struct, IComparable<T> => left is { } a && right is { } b ? a.CompareTo(b) : null;

    private static string Text(string text, int? length) => length is { } most && text.Length > most ? text[..most] : text;
}
