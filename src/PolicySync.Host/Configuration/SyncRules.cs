using System.Text.RegularExpressions;
using PolicySync.Core.Guards;
using PolicySync.Core.Options;

namespace PolicySync.Host.Configuration;

/// <summary>Rules about what is synced and about the policies.</summary>
internal static class SyncRules
{
    /// <summary>Longest time of one match, as the names come from outside.</summary>
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(1);

    public static IEnumerable<ConfigurationFault> Validate(Settings settings) =>
        [.. Policies(settings.Policies), .. Principals(settings.Principals), .. Sync(settings.Sync),
        .. Patterns($"{VerifyOptions.Section}:Scopes", settings.Verify.Scopes, ScopeFault),
        .. Patterns($"{WatchOptions.Section}:Scopes", settings.Watch.Scopes, ScopeFault)];

    private static IEnumerable<ConfigurationFault> Policies(PoliciesOptions options)
    {
        if (options.CacheFolder is { } cache && !Directory.Exists(cache))
        {
            yield return new($"{PoliciesOptions.Section}:CacheFolder", $"there is no folder `{cache}`");
        }

        if (!TimeZoneInfo.TryFindSystemTimeZoneById(options.TimeZone, out _))
        {
            yield return new($"{PoliciesOptions.Section}:TimeZone", $"there is no time zone `{options.TimeZone}`; use an IANA id such as `Europe/Berlin`");
        }

        // ConnectionRules validates the settings of Ranger Admin.
        if (options.Source != PolicySourceKind.Folder)
        {
            yield break;
        }

        if (options.Folder is null)
        {
            yield return new($"{PoliciesOptions.Section}:Folder", "is required for source `Folder`");
        }
        else if (!Directory.Exists(options.Folder))
        {
            yield return new($"{PoliciesOptions.Section}:Folder", $"there is no folder `{options.Folder}`");
        }
    }

    private static IEnumerable<ConfigurationFault> Principals(PrincipalsOptions options)
    {
        for (var i = 0; i < options.Map.Count; i++)
        {
            if (RegexFault(options.Map[i].Match) is { } problem)
            {
                yield return new($"{PrincipalsOptions.Section}:Map:{i}:Match", problem);
            }
        }
    }

    private static string? RegexFault(string pattern)
    {
        try
        {
            _ = new Regex(pattern, RegexOptions.CultureInvariant, MatchTimeout);
            return null;
        }
        catch (RegexParseException e)
        {
            return $"is not a regular expression: {e.Error} at character {e.Offset}";
        }
    }

    private static IEnumerable<ConfigurationFault> Sync(SyncOptions options)
    {
        const string section = SyncOptions.Section;
        for (var i = 0; i < options.Scopes.Count; i++)
        {
            if (options.Scopes[i].Pattern is { Length: > 0 } pattern && PatternFault(pattern) is { } problem)
            {
                yield return new($"{section}:Scopes:{i}:Pattern", problem);
            }
        }

        var managed = options.Managed;
        foreach (var fault in Patterns($"{section}:Managed:Securables", managed.Securables, PatternFault)
                     .Concat(Patterns($"{section}:Managed:Principals", managed.Principals, BlankFault))
                     .Concat(Patterns($"{section}:Managed:Privileges", managed.Privileges, BlankFault))
                     .Concat(Patterns($"{section}:Protected", options.Protected, BlankFault))
                     .Concat(Patterns($"{section}:AllowedFunctions", options.AllowedFunctions, GuardCompiler.FaultOfFunction)))
        {
            yield return fault;
        }

        if (options.GuardSchema is { Length: > 0 } schema && GuardCompiler.FaultOfSchema(schema) is { } fault2)
        {
            yield return new($"{section}:GuardSchema", fault2);
        }
    }

    private static IEnumerable<ConfigurationFault> Patterns(string key, ManagedSet set, Func<string, string?> judge) =>
        Patterns($"{key}:Include", set.Include, judge).Concat(Patterns($"{key}:Exclude", set.Exclude, judge));

    private static IEnumerable<ConfigurationFault> Patterns(string key, IEnumerable<string> patterns, Func<string, string?> judge) =>
        patterns.Select((pattern, index) => (Key: $"{key}:{index}", Problem: judge(pattern)))
            .Where(fault => fault.Problem is not null)
            .Select(fault => new ConfigurationFault(fault.Key, fault.Problem!));

    /// <summary>Returns why a pattern over securables is invalid. It names 1 to 3 levels and covers everything below.</summary>
    private static string? PatternFault(string pattern)
    {
        var segments = pattern.Split('.');
        return segments.Length > 3 ? "must have 1 to 3 segments"
            : segments.Any(string.IsNullOrWhiteSpace) ? "must not have an empty segment"
            : null;
    }

    /// <summary>Returns why a scope of rounds is invalid. It names catalogs or schemas, as objects in a schema could be of any type.</summary>
    private static string? ScopeFault(string pattern) =>
        pattern.Split('.').Length > 2 ? "must have 1 or 2 segments" : PatternFault(pattern);

    private static string? BlankFault(string pattern) => string.IsNullOrWhiteSpace(pattern) ? "must not be blank" : null;
}
