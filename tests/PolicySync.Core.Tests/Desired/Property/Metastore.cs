using PolicySync.Testing.Language;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Tests.Desired.Property;

/// <summary>What the words of a world mean, read for the truth alone: true membership, roles, tags and zones.</summary>
internal sealed class Metastore
{
    private readonly Dictionary<string, string[]> _members = [];
    private readonly List<(string User, string Group)> _store = [];
    private readonly Dictionary<string, HashSet<string>> _around = [];

    public Metastore(IEnumerable<string> world)
    {
        foreach (var word in world)
        {
            Read(word);
        }
    }

    public string? Owner { get; private set; }

    public RangerRoles Roles { get; } = new();

    public ServiceTags Tags { get; } = new();

    public List<Zone> Zones { get; } = [];

    public bool IsAccountGroup(string name) => _members.ContainsKey(name) && name != "local";

    public IEnumerable<string> StoredGroupsOf(string user) => _store.Where(entry => entry.User == user).Select(entry => entry.Group);

    public HashSet<string> GroupsAround(string user)
    {
        if (!_around.TryGetValue(user, out var groups))
        {
            _around[user] = groups = ["account users"];
            for (var before = 0; before != groups.Count;)
            {
                before = groups.Count;
                groups.UnionWith(_members.Where(group => group.Value.Any(member =>
                    member == user || (member[0] == '#' && groups.Contains(member[1..])))).Select(group => group.Key).ToList());
            }
        }

        return groups;
    }

    // One zone that covers it, and no other that covers it or a part of it.
    public string? ZoneOf(Dictionary<string, string> elements)
    {
        var touching = Zones.Where(zone => zone.Resources.All(level =>
                !elements.TryGetValue(level.Key, out var name) || level.Value.Values.Exists(value => Matches(value, name)))
            && (elements.Keys.All(zone.Resources.ContainsKey) || zone.Resources.Keys.All(elements.ContainsKey))).ToList();
        return touching.Select(zone => zone.Name).Distinct().Count() == 1 && touching.TrueForAll(zone => zone.Resources
            .All(level => elements.ContainsKey(level.Key) || level.Value.Values.Contains("*"))) ? touching[0].Name : null;
    }

    private static bool Matches(string pattern, string name) =>
        pattern.EndsWith('*') ? name.StartsWith(pattern[..^1], StringComparison.Ordinal) : pattern == name;

    private void Read(string word)
    {
        var (left, right) = (word.Split('=')[0], word.Split('=')[^1]);
        var members = right.Split(',', StringSplitOptions.RemoveEmptyEntries);
        switch (left.Split(':')[0])
        {
            case "users" or "expand": break;
            case "owner": Owner = PrincipalText.NameOf(right); break;
            case "store": _store.Add((left[6..].Split('@')[0].ToLowerInvariant(), right[1..])); break;
            case "zone": Zones.Add(new(left[5..].TrimEnd('!'), left.EndsWith('!'), PolicyText.Resources(right))); break;
            case "tag" or "other": AddTags(left[(left.IndexOf(':') + 1)..], members); break;
            case var role when role[0] == '%': AddRole(left[1..], members); break;
            default: _members[left.Trim('#', '!')] = [.. members.Select(member => member == "?" ? "ghost" : member)]; break;
        }
    }

    private void AddRole(string name, string[] members) => Roles.Roles.Add(new RangerRole
    {
        Name = name,
        Users = [.. members.Where(member => member[0] is not ('#' or '%')).Select(Member)],
        Groups = [.. members.Where(member => member[0] == '#').Select(Member)],
        Roles = [.. members.Where(member => member[0] == '%').Select(Member)],
    });

    private static RangerRoleMember Member(string text) => new() { Name = PrincipalText.NameOf(text) };

    private void AddTags(string path, string[] tags)
    {
        var id = Tags.ServiceResources.Count;
        Tags.ServiceResources.Add(new() { Id = id, ResourceElements = PolicyText.Resources(path) });
        var ids = Tags.ResourceToTagIds[$"{id}"] = [];
        foreach (var tag in tags)
        {
            ids.Add(Tags.Tags.Count);
            Tags.Tags[$"{Tags.Tags.Count}"] = new()
            {
                Type = tag.Split('@')[0],
                ValidityPeriods = tag.Split('@') is [_, var day] ? [new() { EndTime = $"{day.Replace('-', '/')} 00:00:00" }] : [],
            };
        }
    }
}

/// <summary>A security zone of one set of resources.</summary>
internal sealed record Zone(string Name, bool HasTagPolicies, Dictionary<string, RangerPolicyResource> Resources);
