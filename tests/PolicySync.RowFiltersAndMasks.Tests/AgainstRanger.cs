using PolicySync.Core.Guards;
using PolicySync.RowFiltersAndMasks.Tests.Support;
using Xunit.Abstractions;

namespace PolicySync.RowFiltersAndMasks.Tests;

/// <summary>What readers see is what Ranger's evaluation says, for policies and people made by chance.</summary>
[Collection(LabTests.Name)]
public sealed class AgainstRanger(Lab lab, ITestOutputHelper output)
{
    private static readonly int Cases = int.Parse(Environment.GetEnvironmentVariable("GUARD_CASES") ?? "120");
    private static readonly int FirstSeed = int.Parse(Environment.GetEnvironmentVariable("GUARD_SEED") ?? "1");

    [Fact]
    public async Task Everybody_reads_what_Ranger_says()
    {
        var (filtered, masked) = (0, 0);
        for (var seed = FirstSeed; seed < FirstSeed + Cases; seed++)
        {
            var @case = RandomCase.New(seed).Policies();
            await lab.PrepareAsync(@case, Data.People);
            await lab.ApplyAsync(@case, []);
            var shape = await lab.ReadShapeAsync(@case);
            var desired = @case.Desired(shape, @case.Compile(shape));
            Assert.DoesNotContain(desired.Gaps, gap => gap.Code is Core.Tasks.GapCode.GuardUnavailable or Core.Tasks.GapCode.ConditionUnsupported);
            foreach (var user in @case.Account.Users)
            {
                var expected = Oracle.Read(@case, user, Data.People);
                Assert.True(Data.Show(expected) == Data.Show(await lab.ReadAsync(@case, user)), $"seed {seed}, {user}:\n{Data.Show(expected)}\n{Data.Show(await lab.ReadAsync(@case, user))}");
                filtered += expected.Count < Data.People.Rows.Count ? 1 : 0;
                masked += expected.Exists(row => !Data.People.Rows.Any(row.SequenceEqual)) ? 1 : 0;
            }
        }

        output.WriteLine($"{Cases} cases from seed {FirstSeed}: {filtered} readers filtered, {masked} masked, of {Cases * 6}");
        Assert.True(filtered > Cases && masked > Cases, "hardly anything was filtered or masked: the cases test nothing");
    }

    /// <summary>
    /// From one set of policies to another: after each statement, as if the process had died there, nobody sees a value that
    /// neither the old policies show nor the new ones; whoever takes over from there ends with the new ones, on the same terms.
    /// </summary>
    [Fact]
    public async Task At_no_moment_of_a_change_does_anybody_see_what_neither_old_nor_new_policies_show()
    {
        var (moments, passing) = (0, 0);
        for (var seed = FirstSeed; seed < FirstSeed + Cases / 2; seed++)
        {
            var people = RandomCase.New(seed);
            var (old, next) = (people.Policies(), people.Policies());
            var random = new Random(seed);
            await lab.PrepareAsync(old, Data.People);
            var made = new List<MadeFunction>();
            await lab.ApplyAsync(old, made);

            for (var deaths = 0; ; deaths++)
            {
                var diesAfter = deaths < 3 ? random.Next(14) : int.MaxValue - 1;
                var plan = GuardPlan.Of(next.Compile(await lab.ReadShapeAsync(next)), made);
                made = [.. plan.Made];
                passing += plan.Statements.Count(statement => statement.Sql.Contains("SET ", StringComparison.Ordinal) && statement.Sql.Contains("swap_", StringComparison.Ordinal));
                foreach (var statement in plan.Statements.Take(1 + diesAfter))
                {
                    await lab.RunAsync(statement);
                    moments++;
                    await CheckAsync(old, next, $"seed {seed}, after {statement.Sql}");
                }

                if (plan.Statements.Count <= 1 + diesAfter)
                {
                    Assert.True(plan.Shows(await lab.ReadShapeAsync(next)), $"seed {seed}");
                    break;
                }
            }

            await CheckAsync(next, next, $"seed {seed}, at the end");
        }

        output.WriteLine($"{moments} moments in {Cases / 2} changes from seed {FirstSeed}, {passing} passing guards");
        Assert.True(moments > Cases && passing > 0, "hardly anything changed: the cases test nothing");
    }

    [Fact]
    public async Task A_change_that_would_show_too_much_in_between_is_caught_by_the_same_check()
    {
        var people = RandomCase.New(1);
        var user = people.Account.Users[0];
        var old = new Case { Account = people.Account }.Allow("#public").Filter((user, "FALSE")).Mask("ssn", ("eve@x.com", "MASK_NULL"));
        var next = new Case { Account = people.Account }.Allow("#public").Filter(("eve@x.com", "FALSE")).Mask("ssn", (user, "MASK_NULL"));
        await lab.PrepareAsync(old, Data.People);
        await lab.ApplyAsync(old, []);
        var statements = GuardPlan.Of(next.Compile(await lab.ReadShapeAsync(next)), []).Statements;
        foreach (var careless in statements.Where(statement => statement.Sql.StartsWith("CREATE", StringComparison.Ordinal))
            .Append(statements.Single(statement => statement.Change is { Action: Core.Tasks.ChangeAction.SetFilter })))
        {
            await lab.RunAsync(careless);
        }

        var failure = await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() => CheckAsync(old, next, "careless"));
        Assert.Contains("careless", failure.Message);
    }

    private async Task CheckAsync(Case old, Case next, string when)
    {
        foreach (var user in next.Account.Users)
        {
            var before = Oracle.ReadBesideRaw(old, user, Data.People);
            var after = Oracle.ReadBesideRaw(next, user, Data.People);
            var now = await lab.ReadAsync(next, user) ?? [];
            Assert.True(IsWithin(now, before) || IsWithin(now, after),
                $"{when}: {user} reads\n{Data.Show(now)}\nold policies show\n{Data.Show(before.Select(row => row.Seen))}\nnew ones\n{Data.Show(after.Select(row => row.Seen))}");
        }
    }

    // Each row seen must be one that may be seen, or less of it: a value that may be seen raw may also be seen masked.
    private static bool IsWithin(List<string?[]> seen, List<(string?[] Raw, string?[] Seen)> allowed) => seen.TrueForAll(row => allowed.Exists(
        may => row.Select((value, i) => value is null || value == may.Seen[i] || may.Seen[i] == may.Raw[i]).All(isWithin => isWithin)
            && row.Zip(may.Raw).All(pair => !Data.People.Rows.Any(other => other.Contains(pair.First)) || pair.First == pair.Second || pair.First is null)));
}
