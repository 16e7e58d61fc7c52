using System.Security.Cryptography;
using System.Text;

namespace UnityCatalog.Emulator.Sql;

/// <summary>The built-in functions of Databricks that the emulator supports.</summary>
internal static class Builtins
{
    public delegate object? Function(Session session, IReadOnlyList<object?> arguments);

    private const int AnyNumber = -1;

    private static readonly Dictionary<string, (int Arity, Function Function)> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["session_user"] = (0, (session, _) => session.User),
        ["current_user"] = (0, (session, _) => session.User),
        ["user"] = (0, (session, _) => session.User),
        ["is_account_group_member"] = (1, (session, a) => a[0] is string group ? session.IsInAccountGroup(group) : null),
        ["is_member"] = (1, (session, a) => a[0] is string group ? session.IsInWorkspaceGroup(group) : null),
        ["lower"] = (1, (_, a) => Text(a[0])?.ToLowerInvariant()),
        ["upper"] = (1, (_, a) => Text(a[0])?.ToUpperInvariant()),
        ["trim"] = (1, (_, a) => Text(a[0])?.Trim(' ')),
        ["length"] = (1, (_, a) => Text(a[0]) is { } text ? (decimal)Runes(text).Count : null),
        ["char_length"] = (1, (_, a) => Text(a[0]) is { } text ? (decimal)Runes(text).Count : null),
        ["left"] = (2, (_, a) => Part(a, static (runes, count) => runes[..Math.Clamp(count, 0, runes.Count)])),
        ["right"] = (2, (_, a) => Part(a, static (runes, count) => runes[(runes.Count - Math.Clamp(count, 0, runes.Count))..])),
        ["repeat"] = (2, (_, a) => Text(a[0]) is { } text && Count(a[1]) is { } count
            ? new StringBuilder().Insert(0, text, Math.Clamp(count, 0, 100_000)).ToString() : null),
        ["substring"] = (3, (_, a) => Text(a[0]) is { } text && Count(a[1]) is { } from && Count(a[2]) is { } count
            ? string.Concat(Runes(text).Skip(Math.Max(0, from - 1)).Take(Math.Max(0, count))) : null),
        ["substr"] = (3, (session, a) => Known!["substring"].Function(session, a)),
        ["replace"] = (3, (_, a) => Text(a[0]) is { } text && Text(a[1]) is { Length: > 0 } what && Text(a[2]) is { } with
            ? text.Replace(what, with, StringComparison.Ordinal) : Text(a[0])),
        ["mask"] = (1, (_, a) => Text(a[0]) is { } text ? string.Concat(text.Select(Mask)) : null),
        ["sha2"] = (2, (_, a) => Text(a[0]) is { } text && Count(a[1]) is 0 or 256
            ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))) : null),
        ["date_trunc"] = (2, (_, a) => DateTrunc(Text(a[0]), SqlValues.Timestamp(a[1]))),
        ["year"] = (1, (_, a) => SqlValues.Date(a[0]) is { } date ? (decimal)date.Year : null),
        ["month"] = (1, (_, a) => SqlValues.Date(a[0]) is { } date ? (decimal)date.Month : null),
        ["abs"] = (1, (_, a) => SqlValues.Number(a[0]) is { } number ? Math.Abs(number) : null),
        ["round"] = (1, (_, a) => SqlValues.Number(a[0]) is { } number ? decimal.Round(number, MidpointRounding.AwayFromZero) : null),
        ["if"] = (3, (_, a) => SqlValues.Truth(a[0]) == true ? a[1] : a[2]),
        ["ifnull"] = (2, (_, a) => a[0] ?? a[1]),
        ["nvl"] = (2, (_, a) => a[0] ?? a[1]),
        ["nullif"] = (2, (_, a) => SqlValues.Compare(a[0], a[1]) == 0 ? null : a[0]),
        ["isnull"] = (1, (_, a) => a[0] is null),
        ["isnotnull"] = (1, (_, a) => a[0] is not null),
        ["coalesce"] = (AnyNumber, (_, a) => a.FirstOrDefault(value => value is not null)),
        ["concat"] = (AnyNumber, (_, a) => a.Contains(null) ? null : string.Concat(a.Select(SqlValues.Show))),
        ["greatest"] = (AnyNumber, (_, a) => Extreme(a, 1)),
        ["least"] = (AnyNumber, (_, a) => Extreme(a, -1)),
    };

    /// <summary>The function; null for an unknown name.</summary>
    /// <exception cref="SqlException">The number of arguments is wrong.</exception>
    public static Function? Find(string name, int arguments)
    {
        if (!Known.TryGetValue(name, out var known))
        {
            return null;
        }

        return known.Arity == AnyNumber || known.Arity == arguments ? known.Function
            : throw SqlException.Bad("WRONG_NUM_ARGS", "42605", $"`{name}` takes {known.Arity} arguments, not {arguments}.");
    }

    public static SqlException Unknown(string name) => SqlException.Bad(
        "UNRESOLVED_ROUTINE", "42883", $"Cannot resolve routine `{name}`; the emulator may not know what Databricks does.");

    private static string? Text(object? value) => SqlValues.Show(value);

    private static int? Count(object? value) => SqlValues.Number(value) is { } number ? (int)Math.Clamp(number, int.MinValue, int.MaxValue) : null;

    // Characters are code points, as in Databricks; not UTF-16 units.
    private static List<string> Runes(string text) => [.. text.EnumerateRunes().Select(rune => rune.ToString())];

    private static string? Part(IReadOnlyList<object?> a, Func<List<string>, int, List<string>> part) =>
        Text(a[0]) is { } text && Count(a[1]) is { } count ? string.Concat(part(Runes(text), count)) : null;

    private static char Mask(char c) => char.IsUpper(c) ? 'X' : char.IsLower(c) ? 'x' : char.IsDigit(c) ? 'n' : c;

    private static DateTime? DateTrunc(string? unit, DateTime? time) => time is not { } at ? null : unit?.ToUpperInvariant() switch
    {
        "YEAR" or "YYYY" or "YY" => new DateTime(at.Year, 1, 1, 0, 0, 0, at.Kind),
        "MONTH" or "MM" or "MON" => new DateTime(at.Year, at.Month, 1, 0, 0, 0, at.Kind),
        "DAY" or "DD" => at.Date,
        "HOUR" => at.Date.AddHours(at.Hour),
        _ => null,
    };

    private static object? Extreme(IReadOnlyList<object?> values, int sign) => values.Where(value => value is not null)
        .Aggregate((object?)null, (best, value) => best is null || SqlValues.Compare(value, best) * sign > 0 ? value : best);
}
