using System.Text.RegularExpressions;

namespace PolicySync.Core.Guards;

/// <summary>Families of types in which a mask means the same.</summary>
public enum TypeFamily
{
    /// <summary>string, varchar, char.</summary>
    Text,

    /// <summary>Whole, decimal and floating numbers.</summary>
    Number,

    /// <summary>boolean.</summary>
    Boolean,

    /// <summary>date.</summary>
    Date,

    /// <summary>timestamp, timestamp_ntz.</summary>
    Timestamp,

    /// <summary>binary, arrays, maps, structs, intervals, variants.</summary>
    Other,
}

/// <summary>A column's type, safe to be written into a function: <c>type_text</c> does not quote the names of struct fields.</summary>
/// <param name="Text">As Unity Catalog gives it, and as a parameter must have it to be exact (reference unity-catalog.md §3.1).</param>
/// <param name="Family">What it is.</param>
/// <param name="MaxLength">Of varchar and char; null where there is no limit.</param>
public sealed partial record ColumnType(string Text, TypeFamily Family, int? MaxLength = null)
{
    private static readonly Dictionary<string, TypeFamily> Families = new(StringComparer.OrdinalIgnoreCase)
    {
        ["string"] = TypeFamily.Text,
        ["varchar"] = TypeFamily.Text,
        ["char"] = TypeFamily.Text,
        ["tinyint"] = TypeFamily.Number,
        ["byte"] = TypeFamily.Number,
        ["smallint"] = TypeFamily.Number,
        ["short"] = TypeFamily.Number,
        ["int"] = TypeFamily.Number,
        ["integer"] = TypeFamily.Number,
        ["bigint"] = TypeFamily.Number,
        ["long"] = TypeFamily.Number,
        ["float"] = TypeFamily.Number,
        ["real"] = TypeFamily.Number,
        ["double"] = TypeFamily.Number,
        ["decimal"] = TypeFamily.Number,
        ["dec"] = TypeFamily.Number,
        ["numeric"] = TypeFamily.Number,
        ["boolean"] = TypeFamily.Boolean,
        ["date"] = TypeFamily.Date,
        ["timestamp"] = TypeFamily.Timestamp,
        ["timestamp_ntz"] = TypeFamily.Timestamp,
        ["timestamp_ltz"] = TypeFamily.Timestamp,
        ["binary"] = TypeFamily.Other,
        ["variant"] = TypeFamily.Other,
    };

    /// <summary>Reads a type; null when it is unknown or cannot be written safely.</summary>
    public static ColumnType? Read(string? text)
    {
        // ASCII only: without case, `İ` and the Kelvin sign match the letters of a pattern too.
        if (string.IsNullOrWhiteSpace(text) || !text.All(char.IsAscii))
        {
            return null;
        }

        if (Simple().Match(text) is { Success: true } simple && Families.TryGetValue(simple.Groups["name"].Value, out var family))
        {
            var length = family == TypeFamily.Text && simple.Groups["first"].Success
                && int.TryParse(simple.Groups["first"].ValueSpan, out var most) ? most : (int?)null;
            return new ColumnType(text, family, length);
        }

        return IsNested(text) ? new ColumnType(text, TypeFamily.Other) : null;
    }

    // Strict on purpose: field names of letters, digits and underscores only, and brackets that match.
    private static bool IsNested(string text)
    {
        var rest = text.Replace(" ", "", StringComparison.Ordinal);
        while (Innermost().Match(rest) is { Success: true } match && Parts(match).All(part => Families.ContainsKey(part) || part == Folded))
        {
            rest = string.Concat(rest.AsSpan(0, match.Index), Folded, rest.AsSpan(match.Index + match.Length));
        }

        return rest == Folded;
    }

    // Replaces an inner type that has been checked.
    private const string Folded = "binary";

    private static IEnumerable<string> Parts(Match match) => match.Groups["type"].Captures.Select(capture => capture.Value.Split('(')[0]);

    [GeneratedRegex(@"^(?<name>[a-z_]+)(\s*\(\s*(?<first>\d{1,9})\s*(,\s*\d{1,9}\s*)?\))?\z", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Simple();

    [GeneratedRegex(
        @"(array<(?<type>\w+(\(\d+(,\d+)?\))?)>|map<(?<type>\w+(\(\d+(,\d+)?\))?),(?<type>\w+(\(\d+(,\d+)?\))?)>|struct<\w+:(?<type>\w+(\(\d+(,\d+)?\))?)(,\w+:(?<type>\w+(\(\d+(,\d+)?\))?))*>)",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.ECMAScript, 1000)]
    private static partial Regex Innermost();
}
