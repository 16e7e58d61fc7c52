using PolicySync.Core.Desired;
using PolicySync.Core.Explaining;
using PolicySync.Core.Privileges;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Core.Tests.Desired.Property;
using PolicySync.Ranger.Evaluation;
using PolicySync.Testing.Language;
using Xunit.Abstractions;

namespace PolicySync.Core.Tests.Explaining;

/// <summary>
/// For random estates, an explanation says what Ranger's evaluation decides and names the policy that decided, and says of grants
/// what the computed grants give. <c>EXPLAIN_SEED</c> and <c>EXPLAIN_CASES</c> make it look elsewhere, and longer.
/// </summary>
public sealed class ExplainProperty(ITestOutputHelper output)
{
    private const int QuestionsPerEstate = 12;

    private static readonly int Seed = Setting("EXPLAIN_SEED", 20261130);
    private static readonly int Estates = Setting("EXPLAIN_CASES", 1000);

    // Tables of schema `a` are what most policies are about.
    private static readonly string[] Securables = [.. PropertyCase.Securables, "main.a.t", "main.a.t", "main.a.t", "main.a.u"];

    // Whether the directory lists the member `ghost` differs from what is true, which only gaps can tell.
    private static readonly string[] Users = ["ann", "bob", "cat", "dan"];

    [Fact]
    public void What_an_explanation_says_equals_the_engines_decision_and_names_the_policy_that_decided()
    {
        var seen = new Dictionary<string, int>();
        for (var number = 0; number < Estates; number++)
        {
            var random = new Random(Seed + number);
            var made = PropertyCase.Generate(random);
            var (world, truth) = (new World(made.PolicyText, made.WorldText), new Truth(made));
            var types = TypesIn(made);
            for (var asked = 0; asked < QuestionsPerEstate; asked++)
            {
                var (securable, user) = (OneOf(random, Securables), OneOf(random, Users));
                var facts = world.FactsOf(securable);
                var accessType = OneOf(random, types);
                if (Explainer.FaultOf(accessType, facts, world.Policies) is null)
                {
                    // Which of several denies comes first depends on all resource sets of a policy, and the oracle knows only those of one level.
                    var isNamed = !made.Policies.Any(policy => policy[0].Contains('/', StringComparison.Ordinal));
                    Check(world, truth, facts, user, accessType, isNamed, seen, $"seed {Seed + number}: {user} {accessType} {securable}\n{made.PolicyText}\n{made.WorldText}");
                }
            }
        }

        output.WriteLine(string.Join('\n', seen.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key} {pair.Value}")));
        Assert.All(
            [
                "ALLOWED", "NOT_ALLOWED", "WITHHELD", "verdict DENIED", "by ALLOW", "by DENY", "by DENY_ALL_ELSE", "by tag", "in zone", "path of 2",
                "through ROLE", "exception", "not asked OTHER_ZONE", "not asked OUTSIDE_SCHEDULE", "overrides", "named by the oracle too",
            ],
            what => Assert.True(seen.GetValueOrDefault(what) >= Math.Min(10, Estates / 100), $"`{what}` was seen {seen.GetValueOrDefault(what)} times"));
    }

    private static void Check(
        World world, Truth truth, SecurableFacts facts, string user, string accessType, bool isNamed, Dictionary<string, int> seen, string what)
    {
        var state = world.StateOf(facts);
        var explained = Explainer.Explain(
            new ExplainInputs(world.InputsAt(World.Now), facts, state, state.Gaps), new ExplainQuestion(PrincipalText.NameOf(user), accessType));
        var policy = explained.Policy;
        var said = truth.Decision(WireNames.Of(facts.Securable.Type), Elements(facts), truth.Owner, user, accessType);
        Assert.True(policy.Verdict == Of(said.Verdict) && (!isNamed || policy.PolicyId == said.PolicyId),
            $"says {policy.Verdict} by {policy.PolicyId}, evaluation {said.Verdict} by {said.PolicyId}; {what}");

        // The step that decides is the policy that is named, and what it says is in the trace.
        var deciding = policy.Steps.Where(step => step.Decides).ToList();
        Assert.True(deciding.Count == (policy.Verdict == ExplainedVerdict.None ? 0 : 1), what);
        Assert.True(deciding.TrueForAll(step => step.PolicyId == policy.PolicyId && step.Asked
            && (step.Verdict == policy.Verdict || policy.End == ExplainedEnd.TagDenialRemains)), what);
        Assert.True(policy.Steps.SelectMany(step => step.Items).SelectMany(item => item.Path).Where(link => link.Source == MemberSource.Directory)
            .All(link => truth.InDatabricks(user).Contains(link.Name)), what);

        // Grants are compared with the true membership, not with the way that the explanation shows.
        var holds = state.Grants.Any(grant => (string.Equals(grant.Principal, PrincipalText.NameOf(user), StringComparison.OrdinalIgnoreCase)
            || truth.InDatabricks(user).Contains(grant.Principal)) && Gives(grant.Privilege, explained.Privilege));
        Assert.True(policy.Decision != PolicyAnswer.Allowed || holds, $"says ALLOWED without a grant; {what}");
        Assert.True(policy.Decision == PolicyAnswer.Allowed || !holds || said.Verdict != AccessVerdict.Allowed, $"says {policy.Decision} with a grant; {what}");
        Assert.True(policy.Decision != PolicyAnswer.Withheld || policy.Code is not null
            || explained.Gaps.Any(gap => gap.Direction == GapDirection.Withheld), $"withheld without a gap; {what}");
        Count(explained, isNamed, seen);
    }

    private static void Count(Explanation explained, bool isNamed, Dictionary<string, int> seen)
    {
        var policy = explained.Policy;
        var deciding = policy.Steps.FirstOrDefault(step => step.Decides);
        List<string> found = [WireNames.Of(policy.Decision), $"verdict {WireNames.Of(policy.Verdict)}"];
        found.AddRange(deciding is { GivenBy: { } part } ? [$"by {WireNames.Of(part)}"] : []);
        found.AddRange(isNamed && deciding is not null ? ["named by the oracle too"] : []);
        found.AddRange(deciding?.Tag is not null ? ["by tag"] : []);
        found.AddRange(deciding is { Priority: 1 } ? ["overrides"] : []);
        found.AddRange(policy.Zone is not null ? ["in zone"] : []);
        found.AddRange(policy.NotAsked.Select(unasked => $"not asked {WireNames.Of(unasked.Reason)}").Distinct());
        var items = policy.Steps.SelectMany(step => step.Items).ToList();
        found.AddRange(items.Exists(item => item.Path.Count >= 2) ? ["path of 2"] : []);
        found.AddRange(items.Exists(item => item.NamedBy == ExplainedNaming.Role) ? ["through ROLE"] : []);
        found.AddRange(items.Exists(item => item is { Applies: true, Part: ExplainedPart.DenyException or ExplainedPart.AllowException }) ? ["exception"] : []);
        found.ForEach(word => seen[word] = seen.GetValueOrDefault(word) + 1);
    }

    private static bool Gives(string granted, string privilege) => granted == privilege
        || (granted == Privilege.AllPrivileges && Privilege.IsImpliedByAll(privilege)) || (granted == Privilege.Modify && Privilege.IsPartOfModify(privilege));

    private static ExplainedVerdict Of(AccessVerdict verdict) => verdict switch
    {
        AccessVerdict.Allowed => ExplainedVerdict.Allowed,
        AccessVerdict.Denied => ExplainedVerdict.Denied,
        _ => ExplainedVerdict.None,
    };

    private static Dictionary<string, string> Elements(SecurableFacts facts)
    {
        string[] levels = ["catalog", "schema", WireNames.Of(facts.Securable.Type)];
        return facts.Securable.Parts.Select((name, i) => (levels[i], name)).ToDictionary();
    }

    // What no policy names has no more to explain than what one question in ten asks.
    private static string[] TypesIn(PropertyCase made) =>
    [
        "select", "insert",
        .. made.Policies.SelectMany(policy => policy).Where(word => word[0] is '+' or '-' or '~')
            .SelectMany(word => word[(word.LastIndexOf(':') + 1)..].TrimEnd('?').Split(',')).Select(type => type == "all" ? "all_privileges" : type),
    ];

    private static T OneOf<T>(Random random, T[] values) => values[random.Next(values.Length)];

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), out var value) ? value : otherwise;
}
