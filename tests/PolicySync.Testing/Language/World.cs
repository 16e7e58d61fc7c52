using PolicySync.Core;
using PolicySync.Core.Desired;
using PolicySync.Core.Options;
using PolicySync.Core.Policies;
using PolicySync.Core.Policies.Sets;
using PolicySync.Core.Policies.Watching;
using PolicySync.Core.Principals;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Ranger.Model;

namespace PolicySync.Testing.Language;

/// <summary>
/// What policies meet, as words:
/// <list type="bullet">
/// <item><c>#sales=ann,#eu,?</c> an account group; <c>?</c> is a member that the directory does not list. <c>#ops!=</c> is local
/// to the workspace. Of <c>#hr=??</c> the directory does not say who is in it.</item>
/// <item><c>users=ann,Bob@X.com</c> users that are in no group. Whoever is in a group is a user too.</item>
/// <item><c>%reader=ann,#sales,%other</c> a Ranger role; <c>store:ann=#old</c> Ranger's user store.</item>
/// <item><c>owner=ann</c>, <c>kind=VIEW</c> of the securable; <c>expand=2</c>, <c>rolesAsGroups</c>, <c>noUse</c>,
/// <c>map:from=>to</c> options.</item>
/// <item><c>tag:main.sales.orders.id=pii,old@2026-01-01</c> tags of Ranger's download, the second until that day;
/// <c>tag:main.sales=pii!2026/12/24</c> one with that attribute <c>expiry_date</c>; <c>zone!America/Lima</c> the zone of
/// Ranger's machines; <c>other:main.sales=pii</c> tags from elsewhere, <c>looked</c> that there are none; <c>untold</c> leaves the download out.</item>
/// <item><c>zone:hr=main.hr</c> a security zone, <c>zone:hr!=main.hr</c> one with tag policies of its own.</item>
/// </list>
/// </summary>
public sealed class World
{
    /// <summary>Read once and not changed.</summary>
    public static readonly RangerServiceDef ServiceDef = UnityCatalogServiceDef.Read();

    /// <summary>What the access types of tag policies for the service begin with.</summary>
    public const string Service = "databricks_unity_catalog:";

    /// <summary>The tag service's, read once.</summary>
    public static readonly RangerServiceDef TagServiceDef = ReadTagServiceDef();

    /// <summary>The time of every case.</summary>
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 8, 0, 0, TimeSpan.Zero);

    private readonly Dictionary<string, DirectoryMember> _users = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<DirectoryGroup> _groups = [];
    private readonly RangerRoles _roles = new();
    private readonly RangerUserStore _store = new();
    private readonly SyncOptions _sync = new();
    private readonly List<NameMapping> _map = [];
    private readonly ServicePolicies _policies;
    private readonly HashSet<string> _occurring;
    private readonly List<TaggedResource> _elsewhere = [];
    private ServiceTags? _tags = new();
    private bool _looked;
    private string? _owner;
    private string? _kind;
    private TimeZoneInfo? _zone;
    private int _expandUpTo = 200;

    public World(string policies, string text = "")
    {
        _occurring = [.. (policies + " " + text).Split([' ', '\n', ',', ':', '=', '+', '-', '~'])];
        var read = PolicyText.Read(policies).ToLookup(PolicyText.IsOfTag);
        _policies = new ServicePolicies
        {
            PolicyVersion = 7, ServiceDef = ServiceDef, Policies = [.. read[false].Where(policy => string.IsNullOrEmpty(policy.ZoneName))],
            TagPolicies = read[true].Any() ? new() { Policies = [.. read[true]], ServiceDef = TagServiceDef } : null,
            SecurityZones = read[false].Where(policy => !string.IsNullOrEmpty(policy.ZoneName)).GroupBy(policy => policy.ZoneName!)
                .ToDictionary(zone => zone.Key, zone => new SecurityZoneInfo { ZoneName = zone.Key, Policies = [.. zone] }),
        };
        foreach (var word in text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            Read(word);
        }
    }

    public PrincipalSnapshot Directory => field ??= new PrincipalSnapshot(
        _users.Values.Where(user => !Guid.TryParse(user.Name, out _)), _users.Values.Where(user => Guid.TryParse(user.Name, out _)), _groups, self: null);

    public PolicySnapshot Policies => field ??= PolicySnapshot.Compile(
        new PolicyDownload("stamp", _policies, _roles, _store, _tags), new PolicyBaseline(7, "stamp", 1), _map, _zone);

    /// <summary>
    /// All that decides, to be compared with another world. To be read before <see cref="Policies"/>, which rewrites names.
    /// </summary>
    public WatchedPolicies Watched => field ??= Watch();

    /// <summary>Tags from elsewhere than the download; null when they were not read.</summary>
    public SecurableTags? OtherTags => _looked ? new SecurableTags(_elsewhere) : null;

    private WatchedPolicies Watch()
    {
        var principals = new PrincipalsOptions { ExpandUpTo = _expandUpTo };
        _map.ForEach(principals.Map.Add);
        var settings = WatchedSettings.DigestOf(_sync, principals, new TagsOptions(), new PoliciesOptions { TimeZone = _zone?.Id ?? "UTC" });
        var watched = WatchedPolicies.Of(new PolicyDownload("stamp", _policies, _roles, _store, _tags), PolicySet.Of(_policies), settings);
        return watched.With(PrincipalMarks.Of(watched, Directory, _map));
    }

    public DesiredState StateOf(string securable) => StateOf(FactsOf(securable));

    public DesiredState StateOf(SecurableFacts facts, DateTimeOffset? at = null) =>
        DesiredStateBuilder.Build(InputsAt(at ?? Now), facts);

    /// <summary>What decides about every securable of this world.</summary>
    public PolicyInputs InputsAt(DateTimeOffset at) => new(Policies, Directory, _sync, _expandUpTo, at, OtherTags);

    public SecurableFacts FactsOf(string text)
    {
        var path = text[(text.IndexOf(':') + 1)..];
        var type = text.Split(':') is [var prefix, _]
            ? prefix switch { "fn" => SecurableType.Function, "vol" => SecurableType.Volume, _ => SecurableType.Model }
            : (SecurableType)path.Count(c => c == '.');
        return new SecurableFacts(Securable.Parse(type, path), _kind ?? type switch
        {
            SecurableType.Table => "MANAGED",
            SecurableType.Model => "REGISTERED_MODEL",
            _ => WireNames.Of(type).ToUpperInvariant(),
        }, _owner, "id");
    }

    /// <summary>Grants as <c>#sales:SELECT ann:MODIFY</c>.</summary>
    public string GrantsOn(string securable) => string.Join(' ', StateOf(securable).Grants
        .Select(grant => $"{Show(grant.Principal)}:{Short(grant.Privilege)}").Order(StringComparer.Ordinal));

    /// <summary>Gaps as <c>?GROUP_EXPANDED #sales:SELECT 2</c>, the last being the policy; <c>!</c> for exposed.</summary>
    public string GapsOn(string securable) => string.Join("; ", StateOf(securable).Gaps.Select(Show).Order(StringComparer.Ordinal));

    public string Show(Gap gap) =>
        $"{(gap.Direction == GapDirection.Exposed ? '!' : '?')}{WireNames.Of(gap.Code)} {Show(gap.Principal)}:{Short(gap.Privilege)}"
        + (gap.PolicyId is { } id ? $" {id}" : "");

    private static string Short(string? privilege) => privilege switch { null => "*", "ALL_PRIVILEGES" => "ALL", _ => privilege };

    private string Show(string? principal) => PrincipalText.Of(principal, _occurring);

    private void Read(string word)
    {
        var equals = word.IndexOf('=');
        var (left, right) = equals < 0 ? (word, "") : (word[..equals], word[(equals + 1)..]);
        var names = right.Split(',', StringSplitOptions.RemoveEmptyEntries);
        switch (left.Split(':')[0])
        {
            case "users": names.ToList().ForEach(name => IdOf(name)); break;
            case "owner": _owner = PrincipalText.NameOf(right); break;
            case "kind": _kind = right; break;
            case "expand": _expandUpTo = int.Parse(right); break;
            case "rolesAsGroups": _sync.RolesAsGroups = true; break;
            case "noUse": _sync.ParentUse = false; break;
            case "map": _map.Add(new() { Match = left[4..], Replace = right.TrimStart('>') }); break;
            case "store": _store.UserGroupMapping[PrincipalText.NameOf(left[6..])] = [.. names.Select(PrincipalText.NameOf)]; break;
            case "untold": _tags = null; break;
            case "looked": _looked = true; break;
            case var zone when zone.StartsWith("zone!", StringComparison.Ordinal): _zone = TimeZoneInfo.FindSystemTimeZoneById(zone[5..]); break;
            case "tag": AddTags(left[4..], names); break;
            case "other": AddOtherTags(left[6..], names); break;
            case "zone": AddZone(left[5..], right); break;
            case var role when role[0] == '%': AddRole(role, names); break;
            default: AddGroup(left, names); break;
        }
    }

    private void AddGroup(string group, string[] members)
    {
        var name = PrincipalText.NameOf(group.TrimEnd('!'));
        _groups.Add(new DirectoryGroup("g:" + name, name, !group.EndsWith('!'), [.. members.Where(member => member != "??").Select(IdOf)])
        {
            AreMembersKnown = !members.Contains("??"),
        });
    }

    private void AddRole(string role, string[] members)
    {
        var made = new RangerRole { Name = PrincipalText.NameOf(role) };
        foreach (var member in members)
        {
            (member[0] switch { '#' => made.Groups, '%' => made.Roles, _ => made.Users }).Add(new() { Name = PrincipalText.NameOf(member) });
        }

        _roles.Roles.Add(made);
    }

    private string IdOf(string member)
    {
        if (member[0] is '#' or '?')
        {
            return member[0] == '?' ? "unlisted" : "g:" + PrincipalText.NameOf(member);
        }

        var name = PrincipalText.NameOf(member);
        _users.TryAdd(name, new DirectoryMember("u:" + name.ToLowerInvariant(), name, Active: true));
        return "u:" + name.ToLowerInvariant();
    }

    private void AddTags(string path, string[] tags)
    {
        var id = _tags!.ServiceResources.Count;
        _tags.ServiceResources.Add(new() { Id = id, ResourceElements = PolicyText.Resources(path) });
        _tags.ResourceToTagIds[$"{id}"] = [.. tags.Select(AddTag)];
    }

    private long AddTag(string text)
    {
        var id = _tags!.Tags.Count;
        _tags.Tags[$"{id}"] = TagOf(text);
        return id;
    }

    private static RangerTag TagOf(string text) => new()
    {
        Type = text.Split('@', '!')[0],
        Attributes = text.Split('!') is [_, var date] ? new() { ["expiry_date"] = date.Replace('_', ' ') } : [],
        ValidityPeriods = text.Split('@') is [_, var day] ? [new() { EndTime = $"{day.Replace('-', '/')} 00:00:00" }] : [],
    };

    private void AddOtherTags(string path, string[] tags)
    {
        _looked = true;
        _elsewhere.Add(new(PolicyText.Resources(path).ToDictionary(pair => pair.Key, pair => pair.Value.Values[0]), [.. tags.Select(TagOf)]));
    }

    private void AddZone(string name, string paths)
    {
        var zones = _policies.SecurityZones;
        var zone = zones[name.TrimEnd('!')] = zones.GetValueOrDefault(name.TrimEnd('!')) ?? new() { ZoneName = name, Policies = [] };
        zone.ContainsAssociatedTagService = name.EndsWith('!');
        zone.Resources = [.. paths.Split('/').Select(path => PolicyText.Resources(path).ToDictionary(pair => pair.Key, pair => pair.Value.Values))];
    }

    // The tag service as Ranger has it, with the access types that Ranger Admin generates for this one.
    private static RangerServiceDef ReadTagServiceDef() => new()
    {
        Name = "tag",
        Resources = [new() { Name = "tag", Level = 1, MatcherOptions = new() { ["wildCard"] = "false", ["ignoreCase"] = "false" } }],
        AccessTypes = [.. ServiceDef.AccessTypes.Select(type => new RangerAccessTypeDef
        {
            Name = Service + type.Name, ImpliedGrants = [.. type.ImpliedGrants.Select(implied => Service + implied)],
        })],
        PolicyConditions =
        [
            new()
            {
                Name = "accessed-after-expiry",
                Evaluator = "org.apache.ranger.plugin.conditionevaluator.RangerScriptTemplateConditionEvaluator",
                EvaluatorOptions = new() { ["scriptTemplate"] = "ctx.isAccessedAfter('expiry_date');" },
            },
            new() { Name = "expression", Evaluator = "org.apache.ranger.plugin.conditionevaluator.RangerScriptConditionEvaluator" },
        ],
        DataMaskDef = new() { Resources = [new() { Name = "tag" }] },
        RowFilterDef = new() { Resources = [new() { Name = "tag" }] },
    };
}
