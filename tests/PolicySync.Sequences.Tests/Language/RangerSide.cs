using PolicySync.Core.Policies;
using PolicySync.Testing.Language;
using PolicySync.Ranger.Model;

namespace PolicySync.Sequences.Tests.Language;

/// <summary>
/// What Ranger holds: policies by number, tags, roles, zones, user store; and what of it arrives. A part that is lost is
/// still meant: the truth knows it, the download does not.
/// </summary>
internal sealed class RangerSide : IPolicySource
{
    /// <summary>Parts that can be lost, and what then arrives in their place.</summary>
    public static readonly IReadOnlyDictionary<string, Func<PolicyDownload, PolicyDownload>> Losses = new Dictionary<string, Func<PolicyDownload, PolicyDownload>>
    {
        ["tags={}"] = download => download with { Tags = new ServiceTags() },
        ["tags"] = download => download with { Tags = null },
        ["tag-policies"] = download => With(download, policies => policies.TagPolicies = null),
        ["tag-policies=[]"] = download => With(download, policies => policies.TagPolicies?.Policies?.Clear()),
        ["zones"] = download => With(download, policies => policies.SecurityZones.Clear()),
        ["roles"] = download => download with { Roles = null },
        ["roles=[]"] = download => download with { Roles = new RangerRoles() },
        ["store"] = download => download with { UserStore = null },
        ["policies"] = download => With(download, policies => policies.Policies = null),
        ["policies=[]"] = download => With(download, policies => policies.Policies = []),
        ["guards"] = download => With(download, policies => policies.Policies?.RemoveAll(policy => policy.PolicyType != RangerPolicy.AccessType)),
        ["denies"] = download => With(download, policies => policies.Policies?.ForEach(policy => policy.DenyPolicyItems.Clear())),
    };

    private readonly SortedDictionary<int, string> _policies = [];
    private readonly SortedDictionary<string, string[]> _tags = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string[]> _roles = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _zones = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string[]> _store = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _lost = new(StringComparer.Ordinal);

    /// <summary>Grows with each change of what is meant or of what arrives.</summary>
    public long Version { get; private set; } = 1;

    /// <summary>Whether a part is lost.</summary>
    public bool IsLossy => _lost.Count > 0;

    /// <summary>Grows with each change of what is meant.</summary>
    public long Meaning { get; private set; } = 1;

    public void Policy(int number, string text) => Change(() => Put(_policies, number, text, text.Length > 0));

    public void Tag(string path, string[] tags) => Change(() => Put(_tags, path, tags, tags.Length > 0));

    public void Role(string name, string[] members) => Change(() => Put(_roles, name, members, members.Length > 0));

    public void Zone(string name, string path) => Change(() => Put(_zones, name, path, path.Length > 0));

    public void Store(string user, string[] groups) => Change(() => Put(_store, user, groups, groups.Length > 0));

    /// <summary>Loses a part, if that is told from daily work: one deny, filter or mask may well be removed on purpose.</summary>
    public void Lose(string part) => Version += IsTold(part) && _lost.Add(part) ? 1 : 0;

    public void Restore()
    {
        Version += _lost.Count > 0 ? 1 : 0;
        _lost.Clear();
    }

    public IReadOnlyList<string> StoredGroupsOf(string user) => _store.GetValueOrDefault(user) ?? [];

    public Task<PolicyDownload?> ReadAsync(string? knownStamp, CancellationToken cancellation) =>
        Task.FromResult(knownStamp == $"{Version}" ? null : _lost.Aggregate(Whole(), (rest, part) => Losses[part](rest)));

    /// <summary>All that is meant, as a download of its own.</summary>
    public PolicyDownload Whole()
    {
        var read = PolicyText.Read(string.Join('\n', _policies.Values));
        foreach (var (policy, number) in read.Zip(_policies.Keys))
        {
            (policy.Id, policy.Name) = (number, $"p{number}");
        }

        var parted = read.ToLookup(PolicyText.IsOfTag);
        var zoned = parted[false].ToLookup(policy => policy.ZoneName ?? "");
        var ofTags = parted[true].ToList();
        return new PolicyDownload(
            $"{Version}",
            new ServicePolicies
            {
                ServiceName = "uc", PolicyVersion = Version, ServiceDef = World.ServiceDef, Policies = [.. zoned[""]],
                TagPolicies = ofTags.Count > 0 ? new() { ServiceName = "tags", Policies = ofTags, ServiceDef = World.TagServiceDef } : null,
                SecurityZones = _zones.ToDictionary(zone => zone.Key, zone => new SecurityZoneInfo
                {
                    ZoneName = zone.Key, Policies = [.. zoned[zone.Key]],
                    Resources = [PolicyText.Resources(zone.Value).ToDictionary(pair => pair.Key, pair => pair.Value.Values)],
                }),
            },
            new RangerRoles { Roles = [.. _roles.Select(role => RoleOf(role.Key, role.Value))] },
            new RangerUserStore { UserGroupMapping = _store.ToDictionary(pair => pair.Key, pair => pair.Value.ToList()) },
            Tagged());
    }

    /// <summary>The zone that an object is in; null when it is in none.</summary>
    public string? ZoneOf(string path) => _zones.FirstOrDefault(zone => path == zone.Value || path.StartsWith(zone.Value + '.', StringComparison.Ordinal)).Key;

    private bool IsTold(string part)
    {
        bool AreAllOfTwo(string word)
        {
            var policies = _policies.Values.Where(policy => policy.Contains(word, StringComparison.Ordinal)).ToList();
            return policies.Count >= 2 && !policies.Exists(policy => policy.Contains(" in:", StringComparison.Ordinal) || policy.StartsWith("tag:", StringComparison.Ordinal));
        }

        return part switch
        {
            "guards" => AreAllOfTwo(" filter:") || AreAllOfTwo(" mask:"),
            "denies" => AreAllOfTwo(" -"),
            _ => true,
        };
    }

    // While a part is lost nothing else is changed: what was never accepted could not be missed.
    private void Change(Action change)
    {
        if (IsLossy)
        {
            return;
        }

        change();
        Version++;
        Meaning++;
    }

    private static void Put<TKey, TValue>(SortedDictionary<TKey, TValue> into, TKey key, TValue value, bool keeps)
        where TKey : notnull
    {
        if (keeps)
        {
            into[key] = value;
        }
        else
        {
            into.Remove(key);
        }
    }

    private ServiceTags Tagged()
    {
        var tags = new ServiceTags();
        foreach (var (path, names) in _tags)
        {
            var resource = tags.ServiceResources.Count;
            tags.ServiceResources.Add(new() { Id = resource, ResourceElements = PolicyText.Resources(path) });
            var first = tags.Tags.Count;
            tags.ResourceToTagIds[$"{resource}"] = [.. names.Select((_, i) => (long)first + i)];
            for (var i = 0; i < names.Length; i++)
            {
                tags.Tags[$"{first + i}"] = new RangerTag { Type = names[i] };
            }
        }

        return tags;
    }

    private static RangerRole RoleOf(string name, string[] members)
    {
        var role = new RangerRole { Name = name };
        foreach (var member in members)
        {
            (member[0] switch { '#' => role.Groups, '%' => role.Roles, _ => role.Users }).Add(new() { Name = PrincipalText.NameOf(member) });
        }

        return role;
    }

    private static PolicyDownload With(PolicyDownload download, Action<ServicePolicies> change)
    {
        change(download.Policies);
        return download;
    }
}
