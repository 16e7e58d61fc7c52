using PolicySync.Core.Tests.Desired.Property;

namespace PolicySync.Core.Tests.Policies.Watching;

/// <summary>One random change of policies, roles, tags, zones, user store or membership.</summary>
internal static class WorldChange
{
    /// <summary>Another case that differs from <paramref name="made"/> in something that a watch notices.</summary>
    public static PropertyCase Of(PropertyCase made, Random random)
    {
        var other = PropertyCase.Generate(random);
        var policies = made.Policies.Select(policy => policy.ToList()).ToList();
        List<string> world = [.. made.World];
        var at = random.Next(policies.Count);
        switch (random.Next(10))
        {
            case 0: Toggle(policies[at]); break;
            case 1: policies.Add([.. other.Policies[0]]); break;
            case 2: policies[at] = [.. other.Policies[random.Next(other.Policies.Count)]]; break;
            case 3 when policies[at].Count > 2: policies[at].RemoveAt(random.Next(1, policies[at].Count)); break;
            case 4 when policies.Count > 1: policies.RemoveAt(policies.Count - 1); break;
            case 5: Exchange(world, other.World, random, static word => word[0] == '#'); break;
            case 6: Exchange(world, other.World, random, static word => word[0] == '%'); break;
            case 7: Exchange(world, other.World, random, static word => word.StartsWith("tag:", StringComparison.Ordinal)); break;
            case 8: Exchange(world, other.World, random, Feature.IsZone); break;
            default: Exchange(world, other.World, random, static word => word.StartsWith("store:", StringComparison.Ordinal)); break;
        }

        return new PropertyCase(policies, world);
    }

    private static void Toggle(List<string> policy)
    {
        if (!policy.Remove("off"))
        {
            policy.Add("off");
        }
    }

    // Some words of a kind go, and some of another world come, none of them twice.
    private static void Exchange(List<string> world, IReadOnlyList<string> other, Random random, Func<string, bool> isOfKind)
    {
        world.RemoveAll(word => isOfKind(word) && random.Next(2) == 0);
        world.AddRange(other.Where(word => isOfKind(word) && random.Next(2) == 0 && !world.Exists(known => NameOf(known) == NameOf(word))));
    }

    private static string NameOf(string word) => word[0] is '#' or '%' ? word.Split('=')[0].TrimEnd('!') : word;
}
