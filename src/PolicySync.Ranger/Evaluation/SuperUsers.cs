namespace PolicySync.Ranger.Evaluation;

/// <summary>Users and groups that the service's settings allow everything.</summary>
internal sealed class SuperUsers(IReadOnlyDictionary<string, string> serviceConfig)
{
    private readonly HashSet<string> _users = Names(serviceConfig, "ranger.plugin.super.users");
    private readonly HashSet<string> _groups = Names(serviceConfig, "ranger.plugin.super.groups");

    public bool Contains(string? user, IEnumerable<string> groups) =>
        (user is not null && _users.Contains(user)) || (_groups.Count > 0 && groups.Any(_groups.Contains));

    private static HashSet<string> Names(IReadOnlyDictionary<string, string> config, string key) =>
        config.TryGetValue(key, out var names)
            ? [.. names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)]
            : [];
}
