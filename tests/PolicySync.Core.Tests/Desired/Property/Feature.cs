namespace PolicySync.Core.Tests.Desired.Property;

/// <summary>
/// Something that policies and worlds can have, and how to take it out of a case. It decided a desired state whose grants
/// are others without it: so it is counted, not wherever it merely occurs.
/// </summary>
/// <param name="Name">For people.</param>
/// <param name="Without">The case without it; itself when it has none.</param>
internal sealed record Feature(string Name, Func<PropertyCase, PropertyCase> Without)
{
    /// <summary>All that must decide often enough for the property to mean something.</summary>
    public static IReadOnlyList<Feature> All { get; } =
    [
        new("deny through a nested group", made => Words(made with { World = [.. made.World, .. made.World.Where(IsGroup).Select(DirectOnly)] },
            word => IsDeny(word) ? ForDirectMembers(word) : word)),
        new("allow exception", made => Dropping(made, "~+")),
        new("deny exception", made => Dropping(made, "~-")),
        new("OVERRIDE", made => Dropping(made, "override")),
        new("deny-all-else", made => Dropping(made, "only")),
        new("container deny", made => made with { Policies = [.. made.Policies.Select(WithoutDenyBelow)] }),
        new("ALL_PRIVILEGES", made => Words(made, word => word.Replace(":all", ":browse", StringComparison.Ordinal))),
        new("e-mail case", made => Words(made, word => IsItem(word) ? word.Replace("Bob@X.com", "nobody", StringComparison.Ordinal).Replace("Ann@X.com", "nobody", StringComparison.Ordinal) : word)),
        new("unknown principal", made => Words(made, word => word.Replace("ghost", "dan", StringComparison.Ordinal)
                .Replace("nobody", "dan", StringComparison.Ordinal)) with
            { World = [.. made.World.Select(word => word.Replace("?", "dan", StringComparison.Ordinal).Replace("ghost", "dan", StringComparison.Ordinal))] }),
        new("excludes", made => Words(made, word => IsItem(word) ? word : word.Replace("!", "", StringComparison.Ordinal))),
        new("roles", made => made with { World = [.. made.World.Where(word => word[0] != '%')] }),
        new("tags", made => made with { World = [.. made.World.Where(word => !IsTag(word))] }),
        new("zones", made => made with { World = [.. made.World.Where(word => !IsZone(word))] }),
        new("schedules", made => made with { Policies = [.. made.Policies.Select(policy => policy.Where(word => !IsSchedule(word)).ToList())] }),
        new("what cannot be evaluated", made => Words(made, word => IsItem(word) ? word.TrimEnd('?') : word is "when?" or "someday" ? "from:2026-01-01" : word)),
        new("masks and filters", made => made with { Policies = [.. made.Policies.Where(policy => !policy.Any(IsGuard))] }),
    ];

    public static bool IsTag(string word) =>
        word.StartsWith("tag:", StringComparison.Ordinal) || word.StartsWith("other:", StringComparison.Ordinal);

    public static bool IsZone(string word) => word.StartsWith("zone:", StringComparison.Ordinal);

    public static PropertyCase Dropping(PropertyCase made, string start) => made with
    {
        Policies = [.. made.Policies.Select(policy => policy.Where(word => !word.StartsWith(start, StringComparison.Ordinal)).ToList())],
    };

    // Resources stand first and stay as they are unless the change is about them.
    private static PropertyCase Words(PropertyCase made, Func<string, string> change) =>
        made with { Policies = [.. made.Policies.Select(policy => policy.Select(change).ToList())] };

    private static bool IsItem(string word) => word[0] is '+' or '-' or '~' || IsGuard(word);

    private static bool IsGuard(string word) =>
        word.StartsWith("mask:", StringComparison.Ordinal) || word.StartsWith("filter:", StringComparison.Ordinal);

    private static bool IsDeny(string word) => word[0] == '-' || word.StartsWith("~+", StringComparison.Ordinal);

    private static bool IsSchedule(string word) =>
        word.StartsWith("from:", StringComparison.Ordinal) || word.StartsWith("until:", StringComparison.Ordinal);

    private static bool IsGroup(string word) => word[0] == '#' && !word.Contains('!', StringComparison.Ordinal);

    // A group of the same members but for those of groups in it, and a deny for it.
    private static string DirectOnly(string group) => group.Split('=')[0] + "0="
        + string.Join(',', group[(group.IndexOf('=') + 1)..].Split(',').Where(member => !member.StartsWith('#')));

    private static string ForDirectMembers(string item)
    {
        var colon = item.LastIndexOf(':');
        return string.Join(',', item[..colon].Split(',').Select(name => name.TrimStart('-', '~', '+') is "#g" or "#h" or "#k" ? name + "0" : name)) + item[colon..];
    }

    // What a policy takes away below the containers; those that name a container keep theirs.
    private static IReadOnlyList<string> WithoutDenyBelow(IReadOnlyList<string> policy) => policy[0].Count(c => c == '.') < 2
        ? policy : [.. policy.Where(word => !IsDeny(word) && word != "only")];
}
