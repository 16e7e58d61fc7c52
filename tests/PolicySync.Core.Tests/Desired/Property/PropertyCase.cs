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
        "ann", "bob", "Bob@X.com", "cat", "dan", "ghost", "nobody", "#g", "#g", "#g", "#g", "#h", "#h", "#k", "#local", "#old",
        "#public", "#public", "%r", "%s", "{USER}", "{OWNER}",
    ];

    private static readonly string[] Catalogs = ["main", "main", "main", "*", "!other", "other"];
    private static readonly string[] Schemas = ["a", "a", "a", "*", "a*", "!b"];
    private static readonly string[] Tables = ["t", "t", "t", "*", "t|u", "!u", "t*"];
    private static readonly string[] Types = ["select", "select", "select", "modify", "all", "select,modify", "manage", "use_schema", "use_catalog,use_schema", "create_schema", "create_table", "execute", "browse"];

    public string PolicyText => string.Join("\n", Policies.Select(policy => string.Join(' ', policy)));

    public string WorldText => string.Join(' ', World);

    public static PropertyCase Generate(Random random)
    {
        var policies = Enumerable.Range(0, random.Next(1, 6)).Select(_ => Policy(random)).ToList();
        List<string> world =
        [
            Listed,
            $"#g={Members(random, "#h")}", $"#h={Members(random, "#k")}", $"#k={Members(random, "dan")}", $"#local!={Members(random, "#k")}",
            $"%r={Some(random, "ann", "#h", "%s", "ghost")}", $"%s={Some(random, "bob", "#k", "cat", "#old")}",
        ];
        Maybe(random, world, 4, () => $"store:{Pick(random, "ann", "bob", "Cat@X.com")}=#{Pick(random, "old", "old", "g", "k")}");
        Maybe(random, world, 4, () => $"owner={Pick(random, "ann", "bob", "#h", "cat")}");
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

    private static List<string> Policy(Random random)
    {
        List<string> words = [Path(random)];
        Maybe(random, words, 8, () => "/" + Path(random));
        if (words.Count == 2)
        {
            words = [words[0] + words[1]];
        }

        Maybe(random, words, 8, () => "only");
        Maybe(random, words, 6, () => "override");
        Maybe(random, words, 25, () => "when?");
        Maybe(random, words, 25, () => "someday");
        if (random.Next(12) == 0 && words[0].Count(c => c == '.') >= 2 && !words[0].Contains("fn:", StringComparison.Ordinal) && !words[0].Contains('/'))
        {
            return words[0].Count(c => c == '.') == 2
                ? [words[0], $"filter:{Who(random)}=a<1"]
                : [words[0], $"mask:{Who(random)}={Pick(random, "MASK_NONE", "MASK")}", $"mask:{Who(random)}=MASK"];
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
