using System.Text;

namespace PolicySync.Ranger.Conformance;

/// <summary>
/// Turns what Gson reads leniently into JSON: comments, text in single quotes, names and words without quotes. Ranger's
/// own tests read their files and the JSON inside their strings that way.
/// </summary>
internal static class GsonText
{
    public static string ToJson(string text)
    {
        var json = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length;)
        {
            i = text[i] switch
            {
                '"' or '\'' => CopyQuoted(text, i, json),
                '#' => LineEnd(text, i),
                '/' when Next(text, i) == '/' => LineEnd(text, i),
                '/' when Next(text, i) == '*' => text.IndexOf("*/", i + 2, StringComparison.Ordinal) is >= 0 and var end ? end + 2 : text.Length,
                var c when char.IsWhiteSpace(c) || "{}[]:,".Contains(c, StringComparison.Ordinal) => Copy(c, i, json),
                _ => CopyWord(text, i, json),
            };
        }

        return json.ToString();
    }

    private static char Next(string text, int i) => i + 1 < text.Length ? text[i + 1] : '\0';

    private static int LineEnd(string text, int i) =>
        text.IndexOf('\n', i) is >= 0 and var end ? end : text.Length;

    private static int Copy(char c, int i, StringBuilder json)
    {
        json.Append(c);
        return i + 1;
    }

    private static int CopyQuoted(string text, int start, StringBuilder json)
    {
        var quote = text[start];
        json.Append('"');
        var i = start + 1;
        for (; i < text.Length && text[i] != quote; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length)
            {
                i++;
                json.Append(text[i] == '\'' ? "'" : $"\\{text[i]}");
            }
            else
            {
                json.Append(text[i] switch
                {
                    '"' => "\\\"",
                    '\n' => "\\n",
                    '\r' => "\\r",
                    '\t' => "\\t",
                    var c => c.ToString(),
                });
            }
        }

        json.Append('"');
        return i + 1;
    }

    // true, false, null and numbers are JSON as they stand, unless they are names.
    private static int CopyWord(string text, int start, StringBuilder json)
    {
        var end = start;
        while (end < text.Length && !char.IsWhiteSpace(text[end]) && !"{}[]:,;=\"'#".Contains(text[end], StringComparison.Ordinal))
        {
            end++;
        }

        if (end == start)
        {
            return Copy(text[start], start, json);
        }

        var word = text[start..end];
        var isName = text.AsSpan(end).TrimStart().StartsWith(":");
        var isLiteral = !isName && (word is "true" or "false" or "null" || double.TryParse(word, out _));
        json.Append(isLiteral ? word : $"\"{word}\"");
        return end;
    }
}
