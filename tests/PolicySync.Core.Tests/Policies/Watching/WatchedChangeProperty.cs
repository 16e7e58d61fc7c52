using System.Globalization;
using PolicySync.Core.Guards;
using PolicySync.Core.Policies.Watching;
using PolicySync.Core.Principals;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Core.Tests.Desired.Property;
using PolicySync.Testing.Language;
using Xunit.Abstractions;

namespace PolicySync.Core.Tests.Policies.Watching;

/// <summary>
/// A securable whose desired grants, guards or gaps a change of policies, roles, tags, zones, user store or directory changes is always
/// among those that the comparison finds. <c>WATCHED_SEED</c> and <c>WATCHED_CASES</c> make it look elsewhere, and longer.
/// </summary>
public sealed class WatchedChangeProperty(ITestOutputHelper output)
{
    private static readonly int Seed = Setting("WATCHED_SEED", 20261201);
    private static readonly int Cases = Setting("WATCHED_CASES", 600);

    /// <summary>Of one in so many changes, what is found is looked at too.</summary>
    private const int Sample = 10;

    [Fact]
    public void No_securable_whose_desired_state_changes_is_missed()
    {
        var (asked, counted, changed, found, everything) = (0, 0, 0, 0, 0);
        for (var number = 0; number < Cases; number++)
        {
            var random = new Random(Seed + number);
            var before = PropertyCase.Generate(random);
            var after = WorldChange.Of(before, random);
            var change = Between(before, after);
            var (was, now) = (new World(before.PolicyText, before.WorldText), new World(after.PolicyText, after.WorldText));
            everything += change.Everything is null ? 0 : 1;
            foreach (var name in PropertyCase.Securables)
            {
                var securable = was.FactsOf(name).Securable;
                var isFound = change.Concerns(securable) && IsReached(change, securable);
                (asked, found) = (asked + 1, found + (isFound ? 1 : 0));
                if (isFound && number % Sample != 0)
                {
                    continue; // how many of what is found does change is counted in a sample
                }

                var differs = Show(was, name) != Show(now, name);
                Assert.True(isFound || !differs, differs && !isFound ? Explain(Seed + number, name, before, after) : "");
                (counted, changed) = (counted + (number % Sample == 0 ? 1 : 0), changed + (differs ? 1 : 0));
            }
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"seed {Seed}: {Cases} changes, {asked} securables, {found} found, {everything} changes concern everything; of a sample of {counted} securables {changed} change"));
        Assert.True(changed > counted / 20, "the changes hardly change anything");
    }

    [Fact]
    public void Ignoring_what_lies_below_changed_tags_and_zones_would_be_caught() => AssertCaught((before, after) =>
        before.World.SequenceEqual(after.World) ? null : WithPolicies(before, after.World));

    [Fact]
    public void Ignoring_the_membership_of_groups_would_be_caught() => AssertCaught(static (before, after) =>
        after with { World = [.. after.World.Where(word => word[0] != '#'), .. before.World.Where(word => word[0] == '#')] });

    [Fact]
    public void Ignoring_policies_that_are_added_would_be_caught() => AssertCaught(static (before, after) =>
        after with { Policies = [.. after.Policies.Take(before.Policies.Count)] });

    [Fact]
    public void Equal_worlds_differ_in_nothing()
    {
        for (var number = 0; number < 200; number++)
        {
            var made = PropertyCase.Generate(new Random(Seed + number));
            Assert.True(Between(made, made).IsNothing, made.PolicyText);
        }
    }

    // The comparison is shown another new world than the true one.
    private static void AssertCaught(Func<PropertyCase, PropertyCase, PropertyCase?> fault)
    {
        for (var number = 0; number < 4_000; number++)
        {
            var random = new Random(Seed + number);
            var before = PropertyCase.Generate(random);
            var after = WorldChange.Of(before, random);
            if (fault(before, after) is not { } shown)
            {
                continue;
            }

            var change = Between(before, shown);
            var (was, now) = (new World(before.PolicyText, before.WorldText), new World(after.PolicyText, after.WorldText));
            if (PropertyCase.Securables.Any(name => Show(was, name) != Show(now, name) && !change.Concerns(was.FactsOf(name).Securable)))
            {
                return;
            }
        }

        Assert.Fail("no case told");
    }

    private static PropertyCase WithPolicies(PropertyCase before, IReadOnlyList<string> world) => before with
    {
        World = [.. before.World.Where(word => !Feature.IsTag(word) && !Feature.IsZone(word)), .. world.Where(word => word.StartsWith("owner", StringComparison.Ordinal))],
    };

    // A securable is found by going down from its catalog, or because it is named.
    private static bool IsReached(WatchedChange change, Securable securable) =>
        change.Named?.Contains(securable) ?? (securable.Type.IsContainer() || change.ConcernsAny(securable.Type))
            && securable.Parents.All(change.ConcernsBelow);

    private static WatchedChange Between(PropertyCase before, PropertyCase after)
    {
        var (was, now) = (new World(before.PolicyText, before.WorldText), new World(after.PolicyText, after.WorldText));
        return WatchedChange.Between(was.Watched, now.Watched, tagsElsewhere: was.OtherTags is not null || now.OtherTags is not null);
    }

    // How names are spelled depends on how policies elsewhere spell them. Who owns a securable is not watched (docs/policy-watch.md).
    private static string Show(World world, string name)
    {
        var facts = world.FactsOf(name);
        var guards = facts.Securable.Type == SecurableType.Table
            ? GuardCompiler.Compile(world.InputsAt(World.Now), new TableShape(facts, [new("x", "string"), new("a", "int"), new("y", "string")], null))
            : null;
        var state = PolicySync.Core.Desired.DesiredStateBuilder.Build(world.InputsAt(World.Now), facts, guards, guardsTables: true);
        return string.Join('\n',
            string.Join(' ', state.Grants.Select(grant => $"{grant.Principal}:{grant.Privilege}").Order(StringComparer.Ordinal)),
            string.Join(' ', state.Gaps.Where(gap => gap.Code != GapCode.OwnerAccess).Select(gap => $"{gap.Direction}{gap.Code}{(gap.Principal == PrincipalKey.AccountUsers ? "public" : gap.Principal)}:{gap.Privilege}".ToLowerInvariant()).Order(StringComparer.Ordinal)),
            guards is null ? "" : string.Join(' ', GuardPlan.Of(guards, []).Statements.Select(statement => statement.Sql)));
    }

    private static string Explain(int seed, string name, PropertyCase before, PropertyCase after)
    {
        var (was, now) = (new World(before.PolicyText, before.WorldText), new World(after.PolicyText, after.WorldText));
        return $"seed {seed} {name}\nwas {before.PolicyText}\n{before.WorldText}\nnow {after.PolicyText}\n{after.WorldText}\n{Show(was, name)}\n{Show(now, name)}";
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
