using System.Diagnostics;
using PolicySync.Core.Policies.Comparing;
using PolicySync.Core.Policies.Sets;
using PolicySync.Ranger.Model;
using PolicySync.Testing.Language;
using Xunit.Abstractions;

namespace PolicySync.Core.Tests.Policies.Comparing;

/// <summary>Random sets with random edits. <c>DIFF_SEED</c> and <c>DIFF_CASES</c> make it look elsewhere, and longer.</summary>
public sealed class PolicyDiffProperty(ITestOutputHelper output)
{
    private static readonly int Seed = Setting("DIFF_SEED", 20270117);
    private static readonly int Cases = Setting("DIFF_CASES", 1_000);

    private static readonly string[] Words =
    [
        "+ann:select", "+bob,#sales:select,modify", "-#sales:select", "~+ann:select", "~-%lead:modify", "override", "only", "off", "when?",
        "until:2026-12-31", "from:2026-01-01", "mask:#sales=MASK_NULL", "mask:ann=MASK_HASH", "filter:#sales=a<1", "+cat,ann:modify", "in:hr", "in:eu",
    ];

    private static readonly string[] Resources = ["main", "main.a", "main.a.t", "main.a|b.!t", "main.a/other.b", "tag:pii", "tag:fin|pii"];

    [Fact]
    public void A_difference_is_empty_exactly_when_the_sets_are_evaluated_alike_and_otherwise_names_every_policy_that_was_edited()
    {
        var seen = new Dictionary<string, int>();
        for (var number = 0; number < Cases; number++)
        {
            var random = new Random(Seed + number);
            var old = Enumerable.Range(1, random.Next(6)).Select(id => Policy(random, id)).ToList();
            var (copies, added) = (Copies(old), 0);
            for (var edits = random.Next(4); edits > 0; edits--)
            {
                Edit(random, copies, ref added);
            }

            Check(old, copies, $"seed {Seed + number}", seen);
        }

        output.WriteLine(string.Join('\n', seen.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key} {pair.Value}")));
        Assert.All(
            ["Added", "Removed", "Changed", "alike although edited", .. Enum.GetNames<PolicyPart>().Where(part => part != nameof(PolicyPart.DelegateAdmin))],
            what => Assert.True(seen.GetValueOrDefault(what) >= Math.Min(10, Cases / 100), $"`{what}` was seen {seen.GetValueOrDefault(what)} times"));
    }

    /// <summary>Sets that were not made from one another: any ids, and names that occur several times.</summary>
    [Fact]
    public void The_difference_of_any_two_sets_is_empty_exactly_when_they_are_evaluated_alike()
    {
        var alike = 0;
        for (var number = 0; number < Cases; number++)
        {
            var random = new Random(Seed - 1 - number);
            var (old, @new) = (Any(), Any());
            var isAlike = DigestOf(old) == DigestOf(@new);
            alike += isAlike ? 1 : 0;
            var diff = Compared.Diff(Compared.SetOf(old), Compared.SetOf(@new));
            var enabled = (Old: old.Count(policy => policy.IsEnabled), New: @new.Count(policy => policy.IsEnabled));

            Assert.True(isAlike == !diff.Differs, $"seed {Seed - 1 - number}");
            Assert.True(diff.Counts.Added <= enabled.New && diff.Counts.Removed <= enabled.Old, $"seed {Seed - 1 - number}");

            List<RangerPolicy> Any() => [.. Enumerable.Range(1, random.Next(4)).Select(_ =>
            {
                var policy = PolicyText.Read(OneOf(random, ["main", "main off", "main override", "tag:pii", "main in:hr"]))[0];
                (policy.Id, policy.Name) = (random.Next(3) is 0 ? null : random.Next(1, 4), OneOf(random, ["a", "b", ""]));
                return policy;
            })];
        }

        Assert.InRange(alike, Cases / 100, Cases - (Cases / 100));
    }

    [Fact]
    public void Ten_thousand_policies_are_compared_with_ten_thousand_in_a_moment()
    {
        var old = PolicyText.Read(string.Join('\n', Enumerable.Range(0, 10_000).Select(n => $"main.schema{n % 100}.table{n} +ann,bob,#group{n},#all:select,modify -%lead:all")));
        var @new = Copies(old);
        foreach (var policy in @new.Where(policy => policy.Id % 2 == 0))
        {
            policy.PolicyItems[0].Users.Add("zoe");
        }

        var (before, after) = (PolicySet.Of(Compared.SetOf(old)), PolicySet.Of(Compared.SetOf(@new)));
        var watch = Stopwatch.StartNew();
        var diff = PolicyDiff.Of(before, after);
        var page = diff.Read(1_000, null);

        output.WriteLine($"{watch.Elapsed}");
        Assert.Equal((5_000, 1_000), (diff.Counts.Changed, page.Policies.Count));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(40), $"it took {watch.Elapsed}"); // it takes about one on a machine at rest, and minutes where each is compared with each
    }

    private static void Check(List<RangerPolicy> old, List<RangerPolicy> @new, string seed, Dictionary<string, int> seen)
    {
        var (before, after) = (old.ToDictionary(policy => policy.Id!.Value), @new.ToDictionary(policy => policy.Id!.Value));
        var expected = before.Keys.Union(after.Keys).Order().Select(id => (id, Change: ChangeOf(before.GetValueOrDefault(id), after.GetValueOrDefault(id))))
            .Where(one => one.Change is not null).Select(one => $"{one.id} {one.Change}").Order(StringComparer.Ordinal).ToList();
        var diff = Compared.Diff(Compared.SetOf(old), Compared.SetOf(@new));
        var found = new List<PolicyDifference>();
        string? token = null;
        do
        {
            var page = diff.Read(2, token);
            found.AddRange(page.Policies);
            token = page.NextPageToken;
        }
        while (token is not null);

        var isAlike = DigestOf(old) == DigestOf(@new);
        Assert.True(isAlike == !diff.Differs, $"{seed}: {diff.Statement}");
        Assert.True(expected.SequenceEqual(found.Select(policy => $"{policy.Id} {policy.Change}").Order(StringComparer.Ordinal)), $"{seed}:\n{string.Join('\n', Compared.Lines(diff))}");
        Assert.Equal((before.Keys.Union(after.Keys).Count(), found.Count), (diff.Counts.Unchanged + diff.Counts.NotEvaluated + found.Count, diff.Counts.Added + diff.Counts.Removed + diff.Counts.Changed));
        Assert.All(found, policy => Assert.True(policy.Change != PolicyChange.Changed || policy.Parts.Count + policy.Items.Count > 0, seed));
        Assert.All(found.SelectMany(policy => policy.Items), item => Assert.True(item.Change == PolicyChange.Changed == item.Parts.Count > 0, seed));
        IEnumerable<string> marks =
        [
            .. found.Select(policy => policy.Change.ToString()), .. found.SelectMany(policy => policy.Parts.Concat(policy.Items.SelectMany(item => item.Parts))).Select(part => part.Part.ToString()),
            .. isAlike && diff.Counts.NotEvaluated > 0 ? ["alike although edited"] : Array.Empty<string>(),
        ];
        foreach (var what in marks)
        {
            seen[what] = seen.GetValueOrDefault(what) + 1;
        }
    }

    private static PolicyChange? ChangeOf(RangerPolicy? old, RangerPolicy? @new) =>
        (old?.IsEnabled ?? false) || (@new?.IsEnabled ?? false)
            ? old is null ? PolicyChange.Added : @new is null ? PolicyChange.Removed : DigestOf([old]) != DigestOf([@new]) ? PolicyChange.Changed : null
            : null;

    private static string DigestOf(List<RangerPolicy> policies) => PolicyContent.DigestOf(PolicySet.Of(Compared.SetOf(Copies(policies))));

    private static RangerPolicy Policy(Random random, long id)
    {
        var policy = PolicyText.Read($"{OneOf(random, Resources)} {string.Join(' ', Enumerable.Range(0, random.Next(5)).Select(_ => OneOf(random, Words)))}")[0];
        (policy.Id, policy.Name) = (id, $"p{id}");
        return policy;
    }

    private static void Edit(Random random, List<RangerPolicy> policies, ref int added)
    {
        var edited = policies.Count == 0 ? null : policies[random.Next(policies.Count)];
        switch (edited is null ? 0 : random.Next(9))
        {
            case 0: policies.Add(Policy(random, 100 + ++added)); break;
            case 1: policies.Remove(edited!); break;
            case 2: policies.Reverse(); break;
            case 3: edited!.Name += "x"; break;
            case 4: (edited!.Description, edited.Version, edited.PolicyLabels) = ("other", 9, ["label"]); break;
            case 5: edited!.PolicyItems.ForEach(item => item.Users.Reverse()); break;
            case 6:
                edited!.PolicyItems.Reverse();
                edited.DataMaskPolicyItems.Reverse();
                break;
            case 7:
                foreach (var item in edited!.PolicyItems.Concat(edited.DataMaskPolicyItems).Take(1))
                {
                    OneOf(random, [item.Users, item.Groups, item.Roles]).Add("new");
                    item.Accesses = [.. item.Accesses.Skip(1)];
                    item.Conditions = [new() { Type = "x" }];
                }

                edited.RowFilterPolicyItems.ForEach(item => item.RowFilterInfo!.FilterExpr = "b");
                edited.DataMaskPolicyItems.ForEach(item => item.DataMaskInfo!.DataMaskType = "OTHER");
                break;
            default: // another policy of the same id, of the same service as ids are unique within one
                var other = Policy(random, edited!.Id!.Value);
                if (PolicyText.IsOfTag(other) == PolicyText.IsOfTag(edited))
                {
                    policies[policies.IndexOf(edited)] = other;
                }

                break;
        }
    }

    private static List<RangerPolicy> Copies(IEnumerable<RangerPolicy> policies) =>
        [.. PolicySet.EntriesOf(PolicySet.Of(new ServicePolicies { Policies = [.. policies] }).Read()).Select(entry => entry.Policy)];

    private static T OneOf<T>(Random random, IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];

    private static int Setting(string name, int value) => int.TryParse(Environment.GetEnvironmentVariable(name), out var set) ? set : value;
}
