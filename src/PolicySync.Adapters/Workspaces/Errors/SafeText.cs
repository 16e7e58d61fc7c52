using System.Text.RegularExpressions;

namespace PolicySync.Adapters.Workspaces.Errors;

/// <summary>Makes a server's text safe for messages and logs.</summary>
internal static partial class SafeText
{
    private const int MaxLength = 500;

    /// <summary>
    /// <paramref name="text"/> on one line, at most 500 characters, without a full stop at its end, and without
    /// anything that looks like a token or is one of <paramref name="secrets"/>: servers are known to echo them.
    /// </summary>
    public static string Of(string text, params IEnumerable<string> secrets)
    {
        var clean = string.Concat(text.Take(8 * MaxLength).Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        foreach (var secret in secrets)
        {
            clean = clean.Replace(secret, "***", StringComparison.Ordinal);
        }

        clean = Tokens().Replace(clean, "***").TrimEnd('.');
        return clean.Length <= MaxLength ? clean : clean[..MaxLength];
    }

    // Databricks' own tokens (dapi, dose, dkea), JSON web tokens, and whatever follows the scheme's name.
    [GeneratedRegex(
        @"\b(?:dapi|dose|dkea)[0-9A-Za-z-]{8,}|\beyJ[0-9A-Za-z_-]{8,}[0-9A-Za-z._-]*|(?<=\b(?:Bearer|Basic) )[0-9A-Za-z._~+/=-]{8,}",
        RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Tokens();
}
