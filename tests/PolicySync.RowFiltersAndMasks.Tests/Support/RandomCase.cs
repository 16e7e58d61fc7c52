using PolicySync.Ranger.Model;

namespace PolicySync.RowFiltersAndMasks.Tests.Support;

/// <summary>Cases made by chance. Expressions come from a list, so that the test can say itself what they mean.</summary>
internal sealed class RandomCase(Random random)
{
    public static readonly (string Sql, Func<string?[], bool> Holds)[] Filters =
    [
        ("", _ => true),
        ("Region = 'EU'", row => row[1] == "EU"),
        ("id > 2 OR `Region` IS NULL", row => int.Parse(row[0]!) > 2 || row[1] is null),
        ("ssn LIKE 'x%' AND id IN (1, 4)", row => row[2]?.StartsWith('x') == true && row[0] is "1" or "4"),
        ("FALSE", _ => false),
    ];

    public static readonly (string Mask, Func<string?, string?> Of)[] Masks =
    [
        ("MASK_NONE", value => value),
        ("MASK_NULL", _ => null),
        ("MASK", value => value is null ? null : string.Concat(value.Select(c => char.IsUpper(c) ? 'X' : char.IsLower(c) ? 'x' : char.IsDigit(c) ? 'n' : c))),
        ("MASK_SHOW_LAST_4", value => value is null ? null : new string('x', Math.Max(0, value.Length - 4)) + value[Math.Max(0, value.Length - 4)..]),
        ("CUSTOM:concat('<', {col}, '>')", value => value is null ? null : $"<{value}>"),
    ];

    private static readonly string[] UserNames = ["ann@x.com", "Bob@X.com", "c'at@x.com", "7f3c1c52-8a51-4f0e-9a35-2d6b8c0e4a10", "eve@x.com", "ſam@x.com"];

    private static readonly string[] GroupNames = ["g", "G", "it's", "a`b", "売上", "x\\"];

    public Account Account { get; } = new();

    public static RandomCase New(int seed)
    {
        var made = new RandomCase(new Random(seed));
        made.MakePeople();
        return made;
    }

    /// <summary>Policies for the people; called again, other policies for the same.</summary>
    public Case Policies()
    {
        var @case = new Case { Account = Account }.Allow("#public");
        for (var i = random.Next(3); i > 0; i--)
        {
            @case.Add(FilterPolicy(), column: null);
        }

        for (var i = random.Next(4); i > 0; i--)
        {
            @case.Add(MaskPolicy(), Column());
        }

        for (var i = random.Next(3); i > 0; i--)
        {
            var isMask = random.Next(3) > 0;
            @case.AddTagged(isMask ? MaskPolicy() : FilterPolicy(), $"tag{i}", isMask && random.Next(2) == 0 ? Column() : null);
        }

        return @case;
    }

    /// <summary>The same, where columns are also denied to some who may read the table.</summary>
    public Case PoliciesWithDenials()
    {
        var @case = new Case { Account = Account, Sync = { MaskDeniedColumns = true, RolesAsGroups = random.Next(3) == 0 } };
        @case.Add(new RangerPolicy { PolicyItems = [Item(random.Next(3) > 0 ? ["#public"] : [.. Names(), .. Names()])] }, "*");
        for (var i = random.Next(3); i > 0; i--)
        {
            @case.Add(AccessPolicy(), random.Next(6) == 0 ? "*" : Column());
        }

        for (var i = random.Next(3); i > 0; i--)
        {
            @case.AddTagged(AccessPolicy(), $"pii{i}", random.Next(4) == 0 ? null : Column(any: false));
        }

        if (random.Next(3) == 0)
        {
            @case.Add(FilterPolicy(), column: null);
        }

        return random.Next(2) == 0 ? @case : @case.Add(MaskPolicy(), Column());
    }

    private RangerPolicy AccessPolicy()
    {
        var policy = new RangerPolicy { PolicyPriority = random.Next(4) == 0 ? 1 : 0, IsDenyAllElse = random.Next(6) == 0 };
        foreach (var (items, outOf) in ((List<RangerPolicyItem>, int)[])[
            (policy.DenyPolicyItems, 2), (policy.DenyExceptions, 3), (policy.PolicyItems, 2), (policy.AllowExceptions, 3)])
        {
            items.AddRange(Enumerable.Range(0, random.Next(outOf) == 0 ? 1 + random.Next(2) : 0).Select(_ => Item(Names())));
        }

        return policy;
    }

    private static RangerPolicyItem Item(List<string> names) => Case.Named(new RangerPolicyItem(), names);

    private string Column(bool any = true) => any ? Column() : random.Next(2) == 0 ? "ssn" : "Region";

    private string Column() => random.Next(4) == 0 ? "*" : random.Next(2) == 0 ? "ssn" : "Region";

    private RangerPolicy FilterPolicy() => new()
    {
        PolicyType = RangerPolicy.RowFilterType, PolicyPriority = random.Next(4) == 0 ? 1 : 0,
        RowFilterPolicyItems = [.. Enumerable.Range(0, 1 + random.Next(3)).Select(_ => Case.Named(
            new RangerRowFilterPolicyItem { RowFilterInfo = new() { FilterExpr = Pick(Filters).Sql } }, Names()))],
    };

    private RangerPolicy MaskPolicy()
    {
        var policy = Case.MaskPolicy([.. Enumerable.Range(0, 1 + random.Next(3)).Select(_ => (string.Join('|', Names()), Pick(Masks).Mask))]);
        policy.PolicyPriority = random.Next(4) == 0 ? 1 : 0;
        return policy;
    }

    private List<string> Names() => [.. Enumerable.Range(0, 1 + random.Next(2)).Select(_ => random.Next(10) switch
    {
        < 4 => Pick(UserNames).ToLowerInvariant(),
        < 8 => "#" + Pick([.. Account.Groups.Select(group => group.Name), "remembered"]),
        8 => "%" + Pick(Account.Roles).Name,
        _ => "#public",
    })];

    private void MakePeople()
    {
        Account.Users.AddRange(UserNames);
        foreach (var group in GroupNames)
        {
            var nested = Account.Groups.Where(other => !other.IsLocal && random.Next(4) == 0).Select(other => other.Name);
            Account.Groups.Add((group, [.. UserNames.Where(_ => random.Next(3) == 0), .. nested], group == "G" && random.Next(2) == 0));
        }

        foreach (var user in UserNames.Where(_ => random.Next(4) == 0))
        {
            Account.Store[user] = [.. (string[])["remembered", Pick(GroupNames)]];
        }

        Account.Store.TryAdd("eve@x.com", ["remembered"]);
        Account.Roles.Add(new RangerRole { Name = "r1", Users = [new() { Name = Pick(UserNames) }], Groups = [new() { Name = Pick(GroupNames) }] });
        Account.Roles.Add(new RangerRole { Name = "r2", Roles = [new() { Name = "r1" }], Users = [new() { Name = Pick(UserNames) }] });
    }

    private T Pick<T>(IReadOnlyList<T> items) => items[random.Next(items.Count)];
}
