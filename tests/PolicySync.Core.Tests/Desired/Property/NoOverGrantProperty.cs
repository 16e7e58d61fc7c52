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
                Assert.Fail(Explain(made, Seed + number, made => made));
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
    public void Ignoring_nested_groups_is_caught() => AssertCaught(made => made with
    {
        World = [.. made.World.Select(word => word[0] != '#' ? word
            : word[..(word.IndexOf('=') + 1)] + string.Join(',', word[(word.IndexOf('=') + 1)..].Split(',').Where(member => !member.StartsWith('#'))))],
    });

    [Fact]
    public void Ignoring_allow_exceptions_is_caught() => AssertCaught(made => made with
    {
        Policies = [.. made.Policies.Select(policy => policy.Where(word => !word.StartsWith("~+", StringComparison.Ordinal)).ToList())],
    });

    [Fact]
    public void Ignoring_deny_exceptions_is_caught() => AssertCaught(made => made with
    {
        Policies = [.. made.Policies.Select(policy => policy.Where(word => !word.StartsWith("~-", StringComparison.Ordinal)).ToList())],
    });

    private void AssertCaught(Func<PropertyCase, PropertyCase> fault)
    {
        for (var number = 0; number < MaxFaultCases; number++)
        {
            var made = PropertyCase.Generate(new Random(Seed + number));
            if (new NoOverGrant(made, fault(made)).FirstFault() is not null)
            {
                output.WriteLine(Explain(made, Seed + number, fault));
                return;
            }
        }

        Assert.Fail($"{MaxFaultCases} cases from seed {Seed} did not tell");
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text) : otherwise;

    private static string Explain(PropertyCase made, int seed, Func<PropertyCase, PropertyCase> fault)
    {
        var smallest = made;
        while (smallest.Smaller().FirstOrDefault(smaller => new NoOverGrant(smaller, fault(smaller)).FirstFault() is not null) is { } smaller)
        {
            smallest = smaller;
        }

        var run = new NoOverGrant(smallest, fault(smallest));
        return $"seed {seed}\n{smallest.PolicyText}\n{smallest.WorldText}\n{run.FirstFault()}\n"
            + $"grants: {string.Join("; ", run.Grants)}\ngaps: {string.Join("\n", run.Gaps)}";
    }
}
