namespace PolicySync.Core.Tests.Desired.Property;

/// <summary>
/// A small set of policies and a small world, each a list of words of <see cref="Language.PolicyText"/> and
/// <see cref="Language.World"/>, so that a case shrinks by leaving words out and prints as it is read.
/// </summary>
internal sealed record PropertyCase(IReadOnlyList<IReadOnlyList<string>> Policies, IReadOnlyList<string> World)
{
    public static readonly string[] Users = ["ann", "bob", "cat", "dan", "ghost"];

    public static readonly string[] Securables =
        ["main", "other", "main.a", "main.b", "other.a", "main.a.t", "main.a.u", "main.b.t", "fn:main.a.f", "other.a.t"];

    private const string Listed = "users=ann,bob,Cat@X.com,dan";

    private static readonly string[] Everybody =
    [
        "ann", "bob", "Bob@X.com", "Ann@X.com", "Bob@X.com", "cat", "dan", "ghost", "nobody", "#g", "#g", "#g", "#g", "#h", "#h", "#k", "#local", "#old",
        "#public", "#public", "%r", "%s", "{USER}", "{OWNER}",
    ];

    private static readonly string[] Catalogs = ["main", "main", "main", "*", "!other", "other"];
    private static readonly string[] Schemas = ["a", "a", "a", "*", "a*", "!b"];
    private static readonly string[] Tables = ["t", "t", "t", "*", "t|u", "!u", "t*"];
    private static readonly string[] Types = ["select", "select", "select", "modify", "all", "select,modify", "manage", "use_schema", "use_catalog,use_schema", "create_schema", "create_table", "execute", "browse"];

    private static readonly string[] ZonePaths =
        ["main", "main.a", "main.a", "main.b", "main.a*", "main.a.t", "main.a.t", "main.a.t*", "main.a.*", "main.a.t.x", "other", "fn:main.a.f"];

    public string PolicyText => string.Join("\n", Policies.Select(policy => string.Join(' ', policy)));

    public string WorldText => string.Join(' ', World);

    public static PropertyCase Generate(Random random)
    {
        var policies = Enumerable.Range(0, random.Next(1, 5)).Select(_ => Policy(random)).ToList();
        Contend(random, policies);
        List<string> world =
        [
            Listed,
            $"#g={Members(random, "#h")}", $"#h={Members(random, "#k")}", $"#k={Members(random, "dan")}", $"#local!={Members(random, "#k")}",
            $"%r={Some(random, "ann", "#h", "%s", "ghost")}", $"%s={Some(random, "bob", "#k", "cat", "#old")}",
        ];
        Maybe(random, world, 4, () => $"store:{Pick(random, "ann", "bob", "Cat@X.com")}=#{Pick(random, "old", "old", "g", "k")}");
        Maybe(random, world, 4, () => $"owner={Pick(random, "ann", "bob", "#h", "cat")}");
        Maybe(random, world, 2, () => $"tag:{Tagged(random)}={Tag(random)}");
        Maybe(random, world, 3, () => $"tag:{Tagged(random)}={Tag(random)}");
        Maybe(random, world, 6, () => $"other:{Tagged(random)}={Tag(random)}");
        Maybe(random, world, 3, () => $"zone:z{(random.Next(4) == 0 ? "!" : "")}={Pick(random, ZonePaths)}");
        Maybe(random, world, 12, () => $"zone:y={Pick(random, ZonePaths)}");
        Maybe(random, world, 3, () => $"expand={random.Next(0, 3)}");
        return new(policies, world);
    }

    /// <summary>The same case with one thing less: every way to leave one out.</summary>
    public IEnumerable<PropertyCase> Smaller()
    {
        for (var i = 0; i < Policies.Count; i++)
        {
            yield return this with { Policies = Without(Policies, i) };
        }

        for (var i = 1; i < World.Count; i++)
        {
            yield return this with { World = Without(World, i) };
        }

        for (var i = 0; i < Policies.Count; i++)
        {
            foreach (var policy in Enumerable.Range(1, Policies[i].Count - 1).Select(word => Without(Policies[i], word)).Concat(WithFewerParts(Policies[i])))
            {
                yield return this with { Policies = [.. Policies.Take(i), policy, .. Policies.Skip(i + 1)] };
            }
        }

        for (var i = 1; i < World.Count; i++)
        {
            foreach (var word in WithFewerMembers(World[i]))
            {
                yield return this with { World = [.. World.Take(i), word, .. World.Skip(i + 1)] };
            }
        }
    }

    // Policies that are of different minds about one resource: chance alone brings them together too seldom.
    private static void Contend(Random random, List<List<string>> policies)
    {
        foreach (var policy in policies.Where(policy => policy.Exists(word => word[0] == '+')).ToList())
        {
            var what = policy.First(word => word[0] == '+').Split(':')[^1].TrimEnd('?');
            var who = Pick(random, "#g", "#g", "#h", "#public");
            Maybe(random, policy, 8, () => $"~+{Pick(random, "#h", "#k", "ann", "%r")}:{what}");
            if (random.Next(5) < 2)
            {
                List<string> other = [policy[0], .. policy.Where(word => word.StartsWith("in:", StringComparison.Ordinal)), $"-{who}:{what}"];
                policy.Add($"+{Pick(random, "ann", "bob", "dan", "#public", "#g", "#k")}:{what}");
                Maybe(random, other, 2, () => $"~-{Pick(random, "ann", "bob", "#g", "#h", "#k")}:{what}");
                Maybe(random, other, 5, () => "override");
                Maybe(random, policy, 2, () => "override");
                policies.Add(other);
            }
            else if (random.Next(3) == 0 && policy[0].Count(c => c == '.') == 2 && policy[0] is var path && !path.Contains('/') && !path.Contains(':'))
            {
                policies.Add([path, $"filter:{who}=a<1"]);
                Maybe(random, policy, 2, () => $"+#g:select");
            }
        }
    }

    private static List<string> Policy(Random random)
    {
        List<string> words = random.Next(5) == 0 ? ["tag:" + Pick(random, "pii", "pii", "old", "pii|old")]
            : random.Next(8) == 0 ? [$"{Path(random)}/{Path(random)}"] : [Path(random)];
        Maybe(random, words, 6, () => "in:" + Pick(random, "z", "z", "z", "y"));
        Maybe(random, words, 6, () => Pick(random, "until:2026-11-23", "until:2026-11-23", "until:2027-01-01", "from:2026-12-01"));
        Maybe(random, words, 4, () => "only");
        Maybe(random, words, 6, () => "override");
        Maybe(random, words, 25, () => "when?");
        Maybe(random, words, 25, () => "someday");
        if (random.Next(12) == 0 && words[0].StartsWith("tag:", StringComparison.Ordinal))
        {
            return [.. words, random.Next(2) == 0 ? $"filter:{Who(random)}=a<1" : $"mask:{Who(random)}={Pick(random, "MASK_NONE", "MASK")}"];
        }

        if (random.Next(12) == 0 && words[0].Count(c => c == '.') >= 2 && !words[0].Contains("fn:", StringComparison.Ordinal) && !words[0].Contains('/'))
        {
            return words[0].Count(c => c == '.') == 2
                ? [.. words, $"filter:{Who(random)}=a<1"]
                : [.. words, $"mask:{Who(random)}={Pick(random, "MASK_NONE", "MASK")}", $"mask:{Who(random)}=MASK"];
        }

        words.Add("+" + Item(random));
        Maybe(random, words, 3, () => "+" + Item(random));
        Maybe(random, words, 3, () => "-" + Item(random));
        Maybe(random, words, 5, () => "~+" + Item(random));
        Maybe(random, words, 5, () => "~-" + Item(random));
        return words;
    }

    private static string Item(Random random) => $"{Who(random)}:{Pick(random, Types)}{(random.Next(15) == 0 ? "?" : "")}";

    private static string Who(Random random) => Pick(random, Everybody) + (random.Next(4) == 0 ? "," + Pick(random, Everybody) : "");

    private static string Path(Random random) => random.Next(8) switch
    {
        0 => Pick(random, Catalogs),
        1 => $"{Pick(random, Catalogs)}.{Pick(random, Schemas)}",
        2 => $"fn:{Pick(random, Catalogs)}.{Pick(random, Schemas)}.{Pick(random, "f", "*")}",
        3 => $"{Pick(random, Catalogs)}.{Pick(random, Schemas)}.{Pick(random, Tables)}.{Pick(random, "x", "*", "!x")}",
        _ => $"{Pick(random, Catalogs)}.{Pick(random, Schemas)}.{Pick(random, Tables)}",
    };

    private static string Tagged(Random random) => Pick(
        random, "main", "main.a", "main.a", "main.a.t", "main.a.t", "main.a.t", "main.b", "main.b.t", "main.a.t.x", "fn:main.a.f", "other.a");

    private static string Tag(Random random) => Pick(random, "pii", "pii", "pii", "old", "pii,old", "pii@2026-11-23", "pii@2027-01-01");

    private static string Members(Random random, string nested) => Some(random, "ann", "bob", "cat", nested, nested, random.Next(10) == 0 ? "?" : "ann");

    private static string Some(Random random, params string[] all) =>
        string.Join(',', all.Where(_ => random.Next(2) == 0).Distinct());

    private static string Pick(Random random, params string[] from) => from[random.Next(from.Length)];

    private static void Maybe(Random random, List<string> words, int oneIn, Func<string> word)
    {
        if (random.Next(oneIn) == 0)
        {
            words.Add(word());
        }
    }

    private static List<T> Without<T>(IReadOnlyList<T> list, int index) => [.. list.Take(index), .. list.Skip(index + 1)];

    private static IEnumerable<List<string>> WithFewerParts(IReadOnlyList<string> policy)
    {
        for (var i = 0; i < policy.Count; i++)
        {
            foreach (var separator in policy[i].Contains('=', StringComparison.Ordinal) ? [] : new[] { ',', '/' })
            {
                var parts = policy[i].Split(separator);
                if (parts.Length == 2 && i == 0)
                {
                    yield return [parts[0], .. policy.Skip(1)];
                    yield return [parts[1], .. policy.Skip(1)];
                }
                else if (parts.Length == 2 && parts[0].Contains(':', StringComparison.Ordinal))
                {
                    yield return [.. policy.Take(i), parts[0], .. policy.Skip(i + 1)];
                }
                else if (parts.Length == 2 && parts[1].Contains(':', StringComparison.Ordinal))
                {
                    yield return [.. policy.Take(i), parts[0] + parts[1][parts[1].LastIndexOf(':')..], .. policy.Skip(i + 1)];
                }
            }
        }
    }

    private static IEnumerable<string> WithFewerMembers(string word)
    {
        var equals = word.IndexOf('=');
        var members = equals < 0 ? [] : word[(equals + 1)..].Split(',');
        for (var i = 0; members.Length > 1 && i < members.Length; i++)
        {
            yield return word[..(equals + 1)] + string.Join(',', Without(members, i));
        }
    }
}
