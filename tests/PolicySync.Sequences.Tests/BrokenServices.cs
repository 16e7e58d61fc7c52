using PolicySync.Sequences.Tests.Judging;
using PolicySync.Sequences.Tests.Language;
using PolicySync.Sequences.Tests.Support;
using Xunit.Abstractions;

namespace PolicySync.Sequences.Tests;

/// <summary>The property finds services that break a rule. The output tells by which seed.</summary>
public sealed class BrokenServices(ITestOutputHelper output)
{
    private const int Seed = 1;
    private const int MaxSequences = 3_000;

    [Theory]
    [InlineData("denies")]
    [InlineData("guards")]
    [InlineData("tags={}")]
    [InlineData("zones")]
    [InlineData("roles")]
    public Task A_service_that_misses_a_part_of_the_policies_is_found(string part) => AssertFoundAsync(
        Kind.Policies, _ => new Variant { Policies = source => new PartlyBlind(source, part) });

    [Fact]
    public Task A_service_that_misses_groups_in_groups_is_found() => AssertFoundAsync(
        Kind.Policies, worker => new Variant { Directory = _ => new Flat(worker.Workspace) });

    [Fact]
    public Task A_service_that_misses_inherited_grants_and_owners_is_found() => AssertFoundAsync(
        Kind.Standing | Kind.Ownership,
        _ => new Variant { Catalog = catalog => new Unsuspecting(catalog), Tables = tables => new Ownerless(tables) });

    [Fact]
    public Task A_service_that_takes_foreign_guards_for_its_own_is_found() => AssertFoundAsync(
        Kind.Tampering,
        _ => new Variant { Catalog = catalog => new TrustingCatalog(catalog), Tables = tables => new TrustingTables(tables) });

    [Fact]
    public Task A_service_that_accepts_lost_policies_is_found() => AssertFoundAsync(
        Kind.Losses, _ => new Variant { RemembersPolicies = false });

    [Fact]
    public Task A_service_that_does_not_read_again_after_a_grant_is_found() => AssertFoundAsync(
        Kind.Recreations | Kind.Races, worker => new Inattentive(worker) is var shared
            ? new Variant { Catalog = shared.Catalog, Tables = shared.Tables } : Variant.Whole);

    private async Task AssertFoundAsync(Kind kinds, Func<Worker, Variant> variant)
    {
        var found = await Search.RunAsync(Seed, MaxSequences, kinds, variant, maxFailures: 1);
        Assert.True(found.Failures.Count > 0, $"not found within {found.Tally}");
        output.WriteLine($"found within {found.Tally.Sequences} sequences\n{string.Join("\n\n", found.Failures)}");
    }
}
