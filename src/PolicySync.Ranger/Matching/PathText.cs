using System.Text;

namespace PolicySync.Ranger.Matching;

/// <summary>Path arithmetic as Ranger's path matchers do it.</summary>
internal static class PathText
{
    public const char UsualSeparator = '/';

    /// <summary>The path without one separator at its end.</summary>
    public static ReadOnlySpan<char> WithoutTrailing(ReadOnlySpan<char> path, char separator) =>
        path.Length > 0 && path[^1] == separator ? path[..^1] : path;

    /// <summary>
    /// The path with single separators and none at the end, which is how Ranger puts segments together again. A path of
    /// separators only has no segments and stays as it is.
    /// </summary>
    public static string Normalize(ReadOnlySpan<char> path, char separator)
    {
        if (path.IndexOfAnyExcept(separator) < 0)
        {
            return path.ToString();
        }

        var result = new StringBuilder(path.Length);
        foreach (var c in path)
        {
            if (c != separator || result.Length == 0 || result[^1] != separator)
            {
                result.Append(c);
            }
        }

        return result[^1] == separator ? result.ToString(0, result.Length - 1) : result.ToString();
    }

    /// <summary>Segments, empty ones left out.</summary>
    public static string[] Segments(string path, char separator) =>
        path.Split(separator, StringSplitOptions.RemoveEmptyEntries);
}
