using PolicySync.Core.Desired;
using PolicySync.Core.Planning;
using PolicySync.Core.Policies;
using PolicySync.Core.Privileges;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Testing.Language;
using PolicySync.Ranger.Conformance.Acls;
using Xunit.Abstractions;

namespace PolicySync.Core.Tests.Desired.Property;

/// <summary>
/// No access without policy, no policy without access, unless a gap tells. <c>NO_OVER_GRANT_SEED</c> and
/// <c>NO_OVER_GRANT_CASES</c> make it look elsewhere, and longer.
/// </summary>
public sealed class NoOverGrantProperty(ITestOutputHelper output)
{
    private const int MaxFaultCases = 2000;
    private const int MinChecks = 100_000;
    private const int FeatureCases = 150;
    private const double MinShare = 0.01;

    private static readonly int Seed = Setting("NO_OVER_GRANT_SEED", 20261123);
    private static readonly int Cases = Setting("NO_OVER_GRANT_CASES", 400);

    [Fact]
    public void Effective_access_is_what_evaluation_says_or_a_gap_tells()
    {
        var checks = 0;
        var gaps = new Dictionary<string, int>();
        for (var number = 0; number < Cases; number++)
        {
            var made = PropertyCase.Generate(new Random(Seed + number));
            var run = new NoOverGrant(made, made);
            if (run.FirstFault() is not null)
            {
                Assert.Fail(Explain(made, Seed + number, made => new NoOverGrant(made, made), run => run.FirstFault() is not null));
            }

            checks += run.Checks;
            foreach (var gap in run.Gaps)
            {
                gaps[$"{gap.Direction} {gap.Code}"] = gaps.GetValueOrDefault($"{gap.Direction} {gap.Code}") + 1;
            }
        }

        output.WriteLine($"seed {Seed}, {Cases} cases, {checks} checks");
        output.WriteLine(string.Join('\n', gaps.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key} {pair.Value}")));
        Assert.True(checks >= Math.Min(MinChecks, Cases * 250));
    }

    [Fact]
    public void Every_feature_decides_often_enough_to_be_tried()
    {
        var decided = Feature.All.ToDictionary(feature => feature.Name, _ => 0);
        for (var number = 0; number < FeatureCases; number++)
        {
            var made = PropertyCase.Generate(new Random(Seed + number));
            var grants = GrantsOf(made);
            foreach (var feature in Feature.All)
            {
                var without = feature.Without(made);
                if (without.PolicyText != made.PolicyText || without.WorldText != made.WorldText)
                {
                    decided[feature.Name] += grants.Zip(GrantsOf(without)).Count(pair => pair.First != pair.Second);
                }
            }
        }

        var all = FeatureCases * PropertyCase.Securables.Length;
        output.WriteLine($"seed {Seed}, {all} desired states; the share whose grants are others without the feature:");
        output.WriteLine(string.Join('\n', decided.Select(pair => $"{pair.Key} {(double)pair.Value / all:P1}")));
        Assert.All(decided, pair => Assert.True(pair.Value >= all * MinShare, $"{pair.Key} decided {pair.Value} of {all} desired states"));
    }

    [Fact]
    public void Ignoring_nested_groups_is_caught() => AssertCaught("EXCESS", made => made with
    {
        World = [.. made.World.Select(word => word[0] != '#' ? word
            : word[..(word.IndexOf('=') + 1)] + string.Join(',', word[(word.IndexOf('=') + 1)..].Split(',').Where(member => !member.StartsWith('#'))))],
    });

    [Fact]
    public void Ignoring_allow_exceptions_is_caught() => AssertCaught("EXCESS", made => Feature.Dropping(made, "~+"));

    [Fact]
    public void Ignoring_deny_exceptions_is_caught() => AssertCaught("SHORTFALL", made => Feature.Dropping(made, "~-"));

    // Tags alone: without tag policies the rest is judged as if they were not there.
    [Fact]
    public void Ignoring_tags_is_caught() => AssertCaught("EXCESS", made => made with { World = [.. made.World.Where(word => !Feature.IsTag(word))] });

    [Fact]
    public void Ignoring_zones_is_caught() => AssertCaught("EXCESS", made => made with { World = [.. made.World.Where(word => !Feature.IsZone(word))] });

    [Fact]
    public void Taking_the_acl_as_the_decision_is_caught() => AssertCaught("EXCESS", tamper: ByAcl);

    [Fact]
    public void Pushing_ALL_PRIVILEGES_although_a_part_is_denied_is_caught() => AssertCaught("EXCESS", tamper: WithAllPrivileges, privilege: "MODIFY");

    // Ranger's ACL names who is allowed what; roles become their members as they do elsewhere.
    private static DesiredState ByAcl(World world, SecurableFacts facts, DesiredState state)
    {
        var acls = world.Policies.Engine.AclsOf(RangerResources.Of(facts.Securable, owner: null), World.Now);
        var roles = world.Policies.Engine.Roles;
        var named = acls.Users.Concat(acls.Groups).Concat(acls.Roles.SelectMany(role => roles.MembersOf(role.Key).Users
            .Concat(roles.MembersOf(role.Key).Groups).Select(member => KeyValuePair.Create(member, role.Value))));
        return state with
        {
            Grants =
            [
                .. named.SelectMany(entry => entry.Value.Where(access => access.Value.Result == AclAccess.Allowed)
                        .Select(access => (Principal: entry.Key == "public" ? "account users" : entry.Key, Privilege: Privilege.OfAccessType(access.Key))))
                    .Where(grant => PrivilegeMatrix.Of(facts.Securable.Type, facts.Kind, grant.Privilege) == Applicability.Applicable).Distinct()
                    .Select(grant => new DesiredGrant(grant.Principal, grant.Privilege, null, null, null)),
            ],
        };
    }

    // Whoever is named for all of it gets all of it.
    private static DesiredState WithAllPrivileges(World world, SecurableFacts facts, DesiredState state)
    {
        var apart = state.Gaps.Where(gap => gap is { Direction: GapDirection.Withheld, Privilege: Privilege.AllPrivileges, Code: GapCode.PrivilegeNotApplicable }).ToList();
        return state with
        {
            Grants = [.. state.Grants, .. apart.Select(gap => new DesiredGrant(gap.Principal!, Privilege.AllPrivileges, gap.PolicyId, null, null))],
            Gaps = [.. state.Gaps.Except(apart)],
        };
    }

    private void AssertCaught(
        string kind,
        Func<PropertyCase, PropertyCase>? fault = null,
        Func<World, SecurableFacts, DesiredState, DesiredState>? tamper = null,
        string privilege = "")
    {
        bool Tells(NoOverGrant run) => run.FirstFault() is { } found && found.StartsWith(kind, StringComparison.Ordinal)
            && found.Contains($" {privilege}", StringComparison.Ordinal);
        NoOverGrant Broken(PropertyCase made) => new(made, fault?.Invoke(made) ?? made, tamper);
        for (var number = 0; number < MaxFaultCases; number++)
        {
            var made = PropertyCase.Generate(new Random(Seed + number));
            if (Tells(Broken(made)))
            {
                output.WriteLine(Explain(made, Seed + number, Broken, Tells));
                return;
            }
        }

        Assert.Fail($"{MaxFaultCases} cases from seed {Seed} did not tell");
    }

    private static List<string> GrantsOf(PropertyCase made)
    {
        var world = new World(made.PolicyText, made.WorldText);
        return [.. PropertyCase.Securables.Select(world.GrantsOn)];
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text) : otherwise;

    private static string Explain(PropertyCase made, int seed, Func<PropertyCase, NoOverGrant> run, Func<NoOverGrant, bool> tells)
    {
        var smallest = made;
        while (smallest.Smaller().FirstOrDefault(smaller => tells(run(smaller))) is { } smaller)
        {
            smallest = smaller;
        }

        var found = run(smallest);
        return $"seed {seed}\n{smallest.PolicyText}\n{smallest.WorldText}\n{found.FirstFault()}\n"
            + $"grants: {string.Join("; ", found.Grants)}\ngaps: {string.Join("\n", found.Gaps)}";
    }
}
