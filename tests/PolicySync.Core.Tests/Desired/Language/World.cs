using PolicySync.Core.Desired;
using PolicySync.Core.Options;
using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Ranger;

namespace PolicySync.Core.Tests.Desired.Language;

/// <summary>
/// What policies meet, as words:
/// <list type="bullet">
/// <item><c>#sales=ann,#eu,?</c> an account group; <c>?</c> is a member that the directory does not list. <c>#ops!=</c> is local
/// to the workspace.</item>
/// <item><c>users=ann,Bob@X.com</c> users that are in no group. Whoever is in a group is a user too.</item>
/// <item><c>%reader=ann,#sales,%other</c> a Ranger role; <c>store:ann=#old</c> Ranger's user store.</item>
/// <item><c>owner=ann</c>, <c>kind=VIEW</c> of the securable; <c>expand=2</c>, <c>rolesAsGroups</c>, <c>noUse</c>,
/// <c>map:from=>to</c> options; <c>tagged:main.sales</c>, <c>untold</c> (tag policies without tags), <c>zone:main.hr</c>.</item>
/// </list>
/// </summary>
internal sealed class World
{
    /// <summary>Read once: nobody changes it.</summary>
    public static readonly RangerServiceDef ServiceDef = UnityCatalogServiceDef.Read();

    private static readonly DateTimeOffset Now = new(2026, 11, 23, 8, 0, 0, TimeSpan.Zero);

    private readonly Dictionary<string, DirectoryMember> _users = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<DirectoryGroup> _groups = [];
    private readonly RangerRoles _roles = new();
    private readonly RangerUserStore _store = new();
    private readonly SyncOptions _sync = new();
    private readonly List<NameMapping> _map = [];
    private readonly ServicePolicies _policies;
    private readonly HashSet<string> _occurring;
    private ServiceTags? _tags;
    private string? _owner;
    private string? _kind;
    private int _expandUpTo = 200;

    public World(string policies, string text = "")
    {
        _occurring = [.. (policies + " " + text).Split([' ', '\n', ',', ':', '=', '+', '-', '~'])];
        _policies = new ServicePolicies
        {
            PolicyVersion = 7, ServiceDef = ServiceDef, Policies = PolicyText.Read(policies),
        };
        foreach (var word in text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            Read(word);
        }
    }

    public PrincipalSnapshot Directory => field ??= new PrincipalSnapshot(
        _users.Values.Where(user => !Guid.TryParse(user.Name, out _)), _users.Values.Where(user => Guid.TryParse(user.Name, out _)), _groups, self: null);

    public PolicySnapshot Policies => field ??= PolicySnapshot.Compile(
        new PolicyDownload("stamp", _policies, _roles, _store, _tags), new PolicyBaseline(7, "stamp", 1), _map);

    public DesiredState StateOf(string securable) => StateOf(FactsOf(securable));

    public DesiredState StateOf(SecurableFacts facts) =>
        DesiredStateBuilder.Build(Policies, Directory, facts, _sync, _expandUpTo, Now);

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
            case "untold": AddTagPolicy(); break;
            case "tagged": AddTagPolicy(); AddTag(left[7..]); break;
            case "zone": AddZone(left[5..]); break;
            case var role when role[0] == '%': AddRole(role, names); break;
            default: AddGroup(left, names); break;
        }
    }

    private void AddGroup(string group, string[] members)
    {
        var name = PrincipalText.NameOf(group.TrimEnd('!'));
        _groups.Add(new DirectoryGroup("g:" + name, name, !group.EndsWith('!'), [.. members.Select(IdOf)]));
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

    private void AddTagPolicy() => _policies.TagPolicies ??= new() { Policies = [new() { Id = 90, Name = "tag" }] };

    private void AddTag(string path)
    {
        _tags ??= new ServiceTags();
        _tags.ServiceResources.Add(new() { Id = _tags.ServiceResources.Count, ResourceElements = PolicyText.Resources(path) });
    }

    private void AddZone(string path) => _policies.SecurityZones["zone"] = new()
    {
        ZoneName = "zone", Policies = [], Resources = [PolicyText.Resources(path).ToDictionary(pair => pair.Key, pair => pair.Value.Values)],
    };
}
