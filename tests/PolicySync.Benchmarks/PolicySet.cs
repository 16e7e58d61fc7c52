using System.Text.Json;
using System.Text.Json.Serialization;
using PolicySync.Core.Policies;
using PolicySync.Ranger.Model;

namespace PolicySync.Benchmarks;

/// <summary>
/// Seeded policies over 100 catalogs. One catalog holds what is measured, with the same policies at every size; what a
/// size adds lies in the 99 others and matches nothing in it.
/// </summary>
internal sealed class PolicySet
{
    public const string ProbedCatalog = "probe";
    public const string ProbedSchema = "sales";
    public const string ProbedTable = "orders";
    public const int OtherCatalogs = 99;
    public const int PoliciesEach = 5;
    private const int SchemasEach = 20;

    private static readonly JsonSerializerOptions Written = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly List<RangerPolicy> _policies = [];
    private readonly int _openShare;
    private Random _random = new(3);

    private PolicySet(int size, int openShare)
    {
        _openShare = openShare;
        AddProbed();
        Probed = _policies.Count;
        _random = new(size);
        AddOthers(size);
    }

    /// <summary>How many policies lie in the probed catalog or reach it.</summary>
    public int Probed { get; }

    /// <summary>A policy download as Ranger Admin would send it, and how many of its policies concern the probed catalog.</summary>
    /// <param name="size">How many policies.</param>
    /// <param name="openShare">One in how many others names its catalog by its end, so that no index can tell it apart; 0 is none.</param>
    public static (byte[] Utf8, int Probed) Download(int size, int openShare)
    {
        var set = new PolicySet(size, openShare);
        var download = new ServicePolicies
        {
            ServiceName = "unity", ServiceId = 1, PolicyVersion = 1, ServiceDef = UnityCatalogServiceDef.Read(), Policies = set._policies,
        };
        // Not to an array at once: that leaves a pooled buffer behind, which goes away while memory is measured.
        using var stream = new MemoryStream();
        JsonSerializer.Serialize(stream, download, Written);
        return (stream.ToArray(), set.Probed);
    }

    private void AddProbed()
    {
        // On the three that are measured one policy in five reaches in from a wider pattern.
        AddProbed("catalog", [ProbedCatalog], "pro*");
        AddProbed("schema", [ProbedCatalog, ProbedSchema], "*");
        AddProbed("table", [ProbedCatalog, ProbedSchema, ProbedTable], "*");
        AddProbed("table", [ProbedCatalog, ProbedSchema, "customers"], wide: null);
        AddProbed("table", [ProbedCatalog, "ops", "log"], wide: null);
        AddProbed("schema", [ProbedCatalog, "ops"], wide: null);
        AddProbed("function", [ProbedCatalog, ProbedSchema, "tax"], wide: null);
        AddProbed("volume", [ProbedCatalog, "ops", "landing"], wide: null);
        AddProbed("model", [ProbedCatalog, "ops", "churn"], wide: null);

        var everywhere = Policy("table", ["*", "*", "*"]);
        everywhere.DenyPolicyItems.Add(Item(["modify"], groups: [People.Division(3)]));
        everywhere.DenyExceptions.Add(Item(["modify"], users: [People.User(33)]));
        var always = Policy("catalog", ["*"]);
        always.PolicyPriority = 1;
        always.DenyPolicyItems.Add(Item(["manage"], groups: [People.Division(4)]));
    }

    private void AddProbed(string level, string[] names, string? wide)
    {
        var policies = AddSecurable(level, names);
        policies[1].Resources[level].Values = [names[^1][..3] + "*"];
        Deny(policies[1], level);
        if (wide is not null)
        {
            policies[4].Resources["catalog"].Values = [wide];
        }
    }

    private void AddOthers(int size)
    {
        for (var securable = 0; _policies.Count < size; securable++)
        {
            var catalog = $"c{1 + (securable % OtherCatalogs):00}_dev";
            var schema = $"s{_random.Next(SchemasEach):00}";
            var (level, names) = _random.Next(100) switch
            {
                < 5 => ("catalog", (string[])[catalog]),
                < 20 => ("schema", [catalog, schema]),
                < 85 => ("table", [catalog, schema, $"table_{securable:00000}"]),
                < 90 => ("column", [catalog, schema, $"table_{securable:00000}", "email"]),
                < 95 => ("function", [catalog, schema, $"function_{securable:00000}"]),
                _ => ("volume", [catalog, schema, $"volume_{securable:00000}"]),
            };
            foreach (var policy in AddSecurable(level, names))
            {
                Vary(policy, level);
            }
        }

        _policies.RemoveRange(size, _policies.Count - size);
    }

    private void Vary(RangerPolicy policy, string level)
    {
        var last = policy.Resources[level];
        switch (_random.Next(100))
        {
            case < 10:
                Deny(policy, level);
                break;
            case < 20 when level != "catalog":
                last.Values = [last.Values[0][..^2] + "*"];
                break;
            case < 25 when level != "catalog":
                last.Values = ["*" + last.Values[0][^3..]];
                break;
            case < 27:
                policy.Resources["catalog"].Values = [policy.Resources["catalog"].Values[0][..2] + "*"];
                break;
            case < 30 when level != "catalog":
                last.Values = [last.Values[0], last.Values[0] + "_old", last.Values[0] + "_new"];
                break;
            case < 32:
                policy.ValiditySchedules = [new() { StartTime = "2020/01/01 00:00:00", EndTime = "2099/01/01 00:00:00", TimeZone = "UTC" }];
                break;
            case < 33:
                policy.PolicyPriority = 1;
                break;
            case < 34:
                policy.IsDenyAllElse = true;
                break;
            case < 36:
                policy.AllowExceptions.Add(Item([Types(level)[0]], users: [People.User(_random.Next(People.NamedUsers))]));
                break;
            case < 38 when level == "table":
                policy.PolicyType = RangerPolicy.RowFilterType;
                policy.RowFilterPolicyItems.Add(new()
                {
                    Accesses = [new() { Type = "select" }], Groups = policy.PolicyItems[0].Groups, RowFilterInfo = new() { FilterExpr = "region = 'EU'" },
                });
                policy.PolicyItems = [];
                break;
        }

        if (_openShare > 0 && _random.Next(_openShare) == 0)
        {
            policy.Resources["catalog"].Values = ["*" + policy.Resources["catalog"].Values[0].Trim('*')[1..]];
        }
    }

    // Five policies that together name twenty principals: 9 users, 8 groups, and a role of 2 users and a group.
    private List<RangerPolicy> AddSecurable(string level, string[] names)
    {
        var users = Distinct(People.NamedUsers, 9).Select(People.User).ToList();
        var teams = Distinct(People.NamedTeams, 8).Select(People.Team).ToList();
        var types = Types(level);
        var policies = new List<RangerPolicy>();
        for (var i = 0; i < PoliciesEach; i++)
        {
            var policy = Policy(level, names);
            string[] given = [types[0], types[_random.Next(types.Length)]];
            policy.PolicyItems.Add(i < PoliciesEach - 1
                ? Item(given.Distinct(), users: users.GetRange(2 * i, 2), groups: teams.GetRange(2 * i, 2))
                : Item(given.Distinct(), users: [users[8]], roles: [People.Role(_random.Next(People.Roles))]));
            policies.Add(policy);
        }

        return policies;
    }

    private void Deny(RangerPolicy policy, string level)
    {
        policy.DenyPolicyItems.Add(Item([Types(level)[0]], groups: [People.Division(_random.Next(People.Divisions))]));
        policy.DenyExceptions.Add(Item([Types(level)[0]], users: [People.User(_random.Next(People.NamedUsers))]));
    }

    private RangerPolicy Policy(string level, string[] names)
    {
        string[] levels = names.Length switch
        {
            1 => ["catalog"],
            2 => ["catalog", "schema"],
            3 => ["catalog", "schema", level],
            _ => ["catalog", "schema", "table", "column"],
        };
        var id = _policies.Count + 1;
        var policy = new RangerPolicy
        {
            Id = id,
            Guid = $"00000000-0000-4000-8000-{id:000000000000}",
            Version = 1,
            Service = "unity",
            Name = $"{level} {string.Join('.', names)} #{id}",
            Resources = levels.Zip(names).ToDictionary(
                pair => pair.First, pair => new RangerPolicyResource { Values = [pair.Second] }, StringComparer.Ordinal),
        };
        _policies.Add(policy);
        return policy;
    }

    private IEnumerable<int> Distinct(int below, int count)
    {
        var seen = new HashSet<int>();
        while (seen.Count < count)
        {
            seen.Add(_random.Next(below));
        }

        return seen;
    }

    private static RangerPolicyItem Item(
        IEnumerable<string> types, IEnumerable<string>? users = null, IEnumerable<string>? groups = null, IEnumerable<string>? roles = null) => new()
    {
        Accesses = [.. types.Select(type => new RangerAccess { Type = type })],
        Users = [.. users ?? []],
        Groups = [.. groups ?? []],
        Roles = [.. roles ?? []],
    };

    private static string[] Types(string level) => level switch
    {
        "catalog" => ["use_catalog", "browse", "create_schema"],
        "schema" => ["use_schema", "create_table", "create_function", "all_privileges"],
        "table" => ["select", "modify", "apply_tag", "all_privileges"],
        "column" => ["select"],
        "volume" => ["read_volume", "write_volume"],
        _ => ["execute", "manage"],
    };
}
