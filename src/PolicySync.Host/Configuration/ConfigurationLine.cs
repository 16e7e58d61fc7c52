namespace PolicySync.Host.Configuration;

/// <summary>What is set in one section of the configuration, as the log shows it at the start.</summary>
/// <param name="Section">The section, such as <c>PolicySync:Workspace</c>.</param>
/// <param name="Values">
/// <c>Key=value</c> for each key that is set, and for none of those that have their defaults. A secret shows as <c>set</c>, a URL without
/// user, path and query, which may hold secrets, too.
/// </param>
internal sealed record ConfigurationLine(string Section, string Values)
{
    /// <summary>Longest value that is shown whole.</summary>
    private const int MaxValue = 200;

    private const string Defaults = "defaults";

    /// <summary>A line for each section in <paramref name="sections"/>, in their order.</summary>
    public static IEnumerable<ConfigurationLine> Of(IConfiguration values, IEnumerable<string> sections)
    {
        // Classes may share a section, and a section may be inside of another one: a value belongs to the innermost.
        var names = sections.Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        var lines = names.ToDictionary(name => name, _ => new List<string>(), StringComparer.OrdinalIgnoreCase);
        foreach (var (path, value) in values.AsEnumerable().Where(pair => pair.Value is not null).OrderBy(pair => pair.Key, ConfigurationKeyComparer.Instance))
        {
            if (names.Where(name => path.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)).MaxBy(name => name.Length) is { } owner)
            {
                lines[owner].Add($"{path[(owner.Length + 1)..]}={Shown(path, value!)}");
            }
        }

        return names.Select(name => new ConfigurationLine(name, lines[name] is { Count: > 0 } set ? string.Join(", ", set) : Defaults));
    }

    private static string Shown(string path, string value) => ConfigurationKeys.Find(path) switch
    {
        null or { IsSecret: true } => "set",
        { Type: var type } when type == typeof(Uri) => WithoutSecrets(value),
        _ => value.Length <= MaxValue ? value : string.Concat(value.AsSpan(0, MaxValue), "…"),
    };

    private static string WithoutSecrets(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Host.Length > 0
        ? uri.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped) + (uri.PathAndQuery.Length > 1 ? "/…" : "")
        : "set";
}
