using System.Globalization;
using System.Text;

namespace PolicySync.Ui.Parts;

/// <summary>
/// Text of others, cut so that nothing in it is invisible: a name may hold controls, marks that turn the direction of the text around, or
/// spaces without width, and would look like another name.
/// </summary>
internal static class VisibleText
{
    /// <summary>A part of a text: as it is, or the number of a character that has no sign of its own.</summary>
    public readonly record struct Run(string Text, bool IsMark);

    /// <summary>Cuts a text into its parts.</summary>
    public static IEnumerable<Run> Runs(string? text)
    {
        var plain = new StringBuilder();
        foreach (var rune in (text ?? "").EnumerateRunes()) // half a surrogate pair comes as U+FFFD
        {
            if (!IsHidden(rune))
            {
                plain.Append(rune.ToString());
                continue;
            }

            if (plain.Length > 0)
            {
                yield return new Run(plain.ToString(), false);
                plain.Clear();
            }

            yield return new Run(string.Create(CultureInfo.InvariantCulture, $"U+{rune.Value:X4}"), true);
        }

        if (plain.Length > 0)
        {
            yield return new Run(plain.ToString(), false);
        }
    }

    /// <summary>The same as one text, for places without markup such as the title of a page.</summary>
    public static string Plain(string? text) => string.Concat(Runs(text).Select(run => run.IsMark ? $"[{run.Text}]" : run.Text));

    private static bool IsHidden(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate => true,
        UnicodeCategory.SpaceSeparator => rune.Value != ' ',
        _ => rune.Value is 0x115F or 0x1160 or 0x3164 or 0xFFA0, // fillers of Hangul, which are letters without a sign
    };
}
