using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Index;
using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.ServiceDefs;
using PolicySync.Ranger.Tags;
using static PolicySync.Ranger.Tests.Unity;

namespace PolicySync.Ranger.Tests;

public class ResourceIndexTests
{
    private static readonly string[] Names = ["a", "A1", "ab", "abc", "b", "ba", "sales", "Sales_eu", "tmp1"];
    private static readonly string[] Patterns =
        ["a", "AB", "a*", "*b", "a*c", "?b", "*", "**", "sales*", "s*_*", "{USER}", "x_{USER}", "sa{USER}", "a\\{b", "${{USER.x}}b", ""];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_look_up_finds_what_asking_every_policy_finds(int seed)
    {
        var random = new Random(seed);
        var policies = Enumerable.Range(0, 400)
            .Select(id => new PreparedPolicy(RandomPolicy(random, id), new ServiceModel(Service()), new EngineOptions(), new TagDates(new EngineOptions())))
            .ToArray();
        var levels = new ServiceModel(Service()).LevelsFor(RangerPolicy.AccessType);
        var index = new ResourceIndex();
        for (var i = 0; i < policies.Length; i++)
        {
            foreach (var set in policies[i].Resources.All)
            {
                index.Add(i, set, levels);
            }
        }

        var found = 0;
        for (var i = 0; i < 200; i++)
        {
            var resource = RandomResource(random);
            var scopes = random.Next(4) == 0 ? new Dictionary<string, ElementScope> { ["schema"] = ElementScope.SelfOrPrefix } : null;
            var context = new MatchContext(new Dictionary<string, string> { ["USER"] = "sales" }, scope: null);
            var likely = index.Find(resource, Reach.Descendants, scopes).ToHashSet();
            var self = index.Find(resource, Reach.Self, scopes).ToHashSet();
            for (var p = 0; p < policies.Length; p++)
            {
                foreach (var match in Matches(policies[p].Resources, resource, scopes, context))
                {
                    found += match is ResourceMatch.None or ResourceMatch.Ancestor ? 0 : 1;
                    Assert.True(match is ResourceMatch.None or ResourceMatch.Ancestor || likely.Contains(p), $"seed {seed}: policy {p} matches {match} but is not found");
                    Assert.True(match is not (ResourceMatch.Self or ResourceMatch.SelfAndAllDescendants) || self.Contains(p), $"seed {seed}: policy {p} matches {match} but is not found as self");
                }
            }
        }

        Assert.True(found > 300, $"only {found} matches: the data tests nothing");
    }

    [Fact]
    public void A_look_up_meets_as_many_policies_among_many_as_among_few()
    {
        Assert.Equal(Met(1_000), Met(20_000));

        static int Met(int count)
        {
            var service = new ServiceModel(Service());
            var levels = service.LevelsFor(RangerPolicy.AccessType);
            var index = new ResourceIndex();
            for (var i = 0; i < count; i++)
            {
                // Everywhere the same schema names, table wildcards and excludes: no level alone tells them apart.
                var table = (i % 4) switch { 0 => "*", 1 => $"t{i}_*", 2 => "!x", _ => $"t{i}" };
                index.Add(i, new PolicyResourceMatcher(levels, Resources($"catalog=c{i};schema=sales;table={table}")), levels);
            }

            return index.Find(Resource("catalog=c5;schema=sales;table=t5_1"), Reach.Descendants, scopes: null).Count;
        }
    }

    private static IEnumerable<ResourceMatch> Matches(
        PolicyResources resources, RangerResource resource, Dictionary<string, ElementScope>? scopes, MatchContext context) =>
        [
            PolicyResources.BestOf(resources.Sets, resource, scopes, context),
            PolicyResources.BestOf(resources.Sets, resource, scopes, MatchContext.None),
            PolicyResources.BestOf(resources.Widest, resource, scopes, MatchContext.None),
        ];

    private static RangerPolicy RandomPolicy(Random random, int id)
    {
        var policy = new RangerPolicy { Id = id, Resources = RandomResources(random) };
        for (var more = random.Next(3); more > 1; more--)
        {
            policy.AdditionalResources.Add(RandomResources(random));
        }

        return policy;
    }

    private static Dictionary<string, RangerPolicyResource> RandomResources(Random random) =>
        RandomLevels(random).ToDictionary(level => level, _ => new RangerPolicyResource
        {
            Values = [.. Enumerable.Range(0, random.Next(4)).Select(_ => Patterns[random.Next(Patterns.Length)])],
            IsExcludes = random.Next(6) == 0,
        });

    private static RangerResource RandomResource(Random random) => new(RandomLevels(random).ToDictionary(
        level => level,
        _ => (IReadOnlyList<string>)(random.Next(12) switch
        {
            0 => ["*"],
            1 => [],
            2 => [Names[random.Next(Names.Length)], Names[random.Next(Names.Length)]],
            _ => [Names[random.Next(Names.Length)]],
        })));

    private static string[] RandomLevels(Random random)
    {
        string[] path = random.Next(3) == 0 ? ["catalog", "schema", "volume"] : ["catalog", "schema", "table", "column"];
        return random.Next(20) == 0 ? ["catalog", "table"] : path[..random.Next(path.Length + 1)];
    }
}
