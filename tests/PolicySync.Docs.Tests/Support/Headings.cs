using System.Text;
using System.Text.RegularExpressions;

namespace PolicySync.Docs.Tests.Support;

/// <summary>Headings of a Markdown page: section numbers and anchors as GitHub makes them.</summary>
internal static partial class Headings
{
    /// <summary>Numbers of numbered headings: <c>## 3. Title</c> is 3, <c>### 3.10 Title</c> is 3.10.</summary>
    public static IReadOnlySet<string> Numbers(RepositoryText page) =>
        Of(page).Select(heading => Number().Match(heading)).Where(match => match.Success).Select(match => match.Groups["number"].Value).ToHashSet(StringComparer.Ordinal);

    public static IReadOnlySet<string> Anchors(RepositoryText page)
    {
        var anchors = new HashSet<string>(StringComparer.Ordinal);
        foreach (var anchor in Of(page).Select(Anchor))
        {
            for (var i = 0; !anchors.Add(i == 0 ? anchor : $"{anchor}-{i}"); i++)
            {
            }
        }

        return anchors;
    }

    private static IEnumerable<string> Of(RepositoryText page)
    {
        var isCode = false;
        foreach (var line in page.Lines)
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                isCode = !isCode;
            }
            else if (!isCode && Heading().Match(line) is { Success: true } match)
            {
                yield return match.Groups["text"].Value.Trim();
            }
        }
    }

    private static string Anchor(string heading)
    {
        var text = Link().Replace(heading, "${text}").ToLowerInvariant();
        var anchor = new StringBuilder();
        foreach (var letter in text)
        {
            if (letter == ' ')
            {
                anchor.Append('-');
            }
            else if (char.IsLetterOrDigit(letter) || letter is '-' or '_')
            {
                anchor.Append(letter);
            }
        }

        return anchor.ToString();
    }

    [GeneratedRegex("^#{1,6} (?<text>.+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^(?<number>\d+(\.\d+)*)\.? ", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Number();

    [GeneratedRegex(@"\[(?<text>[^\]]*)\]\([^)]*\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();
}
