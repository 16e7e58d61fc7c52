using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.Tags;
using static PolicySync.Ranger.Tests.Unity;

namespace PolicySync.Ranger.Tests;

/// <summary>
/// Policies of every form that decides about access, drawn from few names so that they meet: tags, zones, priorities, exceptions,
/// deny-all-else, schedules, conditions that cannot be evaluated, roles, <c>{USER}</c> and <c>{OWNER}</c>.
/// </summary>
internal sealed class RandomService(int seed)
{
    private static readonly string[] Users = ["ann", "bob", "cat"];
    private static readonly string[] Groups = ["staff", "leads"];
    private static readonly string[] Roles = ["readers", "writers"];
    private static readonly string[] Resources =
    [
        "catalog=main;schema=sales;table=orders", "catalog=main;schema=*;table=*", "catalog=main;schema=s*;table=!pay",
        "catalog=main;schema=sales;table=orders;column=*", "catalog=main;schema=sales", "catalog=*",
    ];

    private readonly Random _random = new(seed);
    private readonly HashSet<string> _tags = [];

    public RangerEngine Engine()
    {
        var id = 0L;
        var service = new ServicePolicies
        {
            ServiceDef = Service(),
            Policies = [.. Some(6, () => Policy(++id, OneOf(Resources), Fill))],
            TagPolicies = new()
            {
                ServiceDef = new()
                {
                    Name = "tag", Resources = [new() { Name = "tag" }],
                    AccessTypes = [.. Service().AccessTypes.Select(type => new RangerAccessTypeDef { Name = $"uc:{type.Name}", ImpliedGrants = [.. type.ImpliedGrants.Select(implied => $"uc:{implied}")] })],
                    PolicyConditions = Service().PolicyConditions,
                },
                Policies = [.. Some(3, () => Policy(++id, $"tag={OneOf(["pii", "fin"])}", policy => OfTag(policy)))],
            },
        };
        if (_random.Next(3) == 0)
        {
            service.SecurityZones["z"] = new()
            {
                Resources = [new() { ["catalog"] = ["main"], ["schema"] = ["sales"] }],
                Policies = [.. Some(3, () => Policy(++id, OneOf(Resources), Fill))],
                ContainsAssociatedTagService = _random.Next(2) == 0,
            };
        }

        return RangerEngine.Compile(service, roles: null, userStore: null, new EngineOptions());
    }

    public string Table() => OneOf(["catalog=main;schema=sales;table=orders", "catalog=main;schema=hr;table=pay", "catalog=main;schema=sales"]);

    public string? Owner() => OneOf(["ann", null, "bob"]);

    public IReadOnlyList<ResourceTag> Tags() => [.. Some(2, () => OneOf(["pii", "fin"])).Distinct().Select(type => new ResourceTag(type, new Dictionary<string, string>(), []))];

    public Subject Subject() => new(OneOf(Users), Some(2, () => OneOf(Groups)).ToHashSet(), Some(1, () => OneOf(Roles)).ToHashSet());

    public string Access() => OneOf(["select", "modify", "manage", "all_privileges"]);

    private void Fill(RangerPolicy policy)
    {
        policy.PolicyPriority = _random.Next(4) == 0 ? 1 : 0;
        policy.IsDenyAllElse = _random.Next(12) == 0;
        policy.IsEnabled = _random.Next(8) != 0;
        policy.PolicyItems = [.. Some(2, RandomItem)];
        policy.DenyPolicyItems = _random.Next(3) == 0 ? [.. Some(2, RandomItem)] : [];
        policy.AllowExceptions = _random.Next(4) == 0 ? [RandomItem()] : [];
        policy.DenyExceptions = _random.Next(3) == 0 ? [RandomItem()] : [];
        policy.ValiditySchedules = _random.Next(6) != 0 ? [] : [new() { EndTime = OneOf(["2025/01/01 00:00:00", "2027/01/01 00:00:00", "one day"]) }];
        policy.Conditions = _random.Next(12) == 0 ? [new() { Type = "ip-range", Values = ["10.0.0.0/8"] }] : [];
    }

    private void OfTag(RangerPolicy policy)
    {
        Fill(policy);
        policy.ZoneName = _random.Next(4) == 0 ? "z" : "";
        foreach (var access in policy.PolicyItems.Concat(policy.DenyPolicyItems).Concat(policy.AllowExceptions).Concat(policy.DenyExceptions)
                     .SelectMany(item => item.Accesses))
        {
            access.Type = $"uc:{access.Type}";
        }
    }

    private RangerPolicyItem RandomItem() => Item(
        string.Join(',', Some(2, Access)), OneOf(["ann", "bob,cat", "@staff", "@leads", "@public", "#readers", "#writers", "{USER}", "{OWNER}"]),
        _random.Next(8) == 0 ? [new RangerCondition { Type = "ip-range", Values = ["10.0.0.0/8"] }] : []);

    private List<T> Some<T>(int most, Func<T> make) => [.. Enumerable.Range(0, _random.Next(most + 1)).Select(_ => make())];

    private T OneOf<T>(T[] values) => values[_random.Next(values.Length)];
}
