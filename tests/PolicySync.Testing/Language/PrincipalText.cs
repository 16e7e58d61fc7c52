using PolicySync.Core.Principals;

namespace PolicySync.Testing.Language;

/// <summary>
/// Principals as text: <c>ann</c> is the user <c>ann@x.com</c>, <c>etl!</c> the user <c>etl</c>, <c>#sales</c> a group,
/// <c>%reader</c> a role. E-mails, application ids and <c>{MACROS}</c> are written whole.
/// </summary>
public static class PrincipalText
{
    private const string Domain = "@x.com";

    public static string NameOf(string text) => text[0] switch
    {
        '#' or '%' => text[1..].Replace('_', ' '),
        '{' => text,
        _ when text.EndsWith('!') => text[..^1],
        _ when PrincipalKey.CanNameUser(text) => text,
        _ => text + Domain,
    };

    /// <summary>The text of a name, told from the texts that occur in the case.</summary>
    public static string Of(string? name, IReadOnlySet<string> occurring) => name switch
    {
        null => "*",
        _ when name.EndsWith(Domain, StringComparison.Ordinal) => name[..^Domain.Length],
        _ when name[0] == '{' || PrincipalKey.CanNameUser(name) => name,
        _ when occurring.Contains('#' + name) => '#' + name,
        _ when occurring.Contains('%' + name) => '%' + name,
        _ when occurring.Contains(name + '!') => name + '!',
        _ => '#' + name.Replace(' ', '_'),
    };
}
