using System.Diagnostics;
using System.Globalization;
using PolicySync.Core.Policies;
using PolicySync.Core.Policies.Sets;
using PolicySync.Core.Policies.Watching;
using PolicySync.Ranger.Model;
using PolicySync.Testing.Language;
using Xunit.Abstractions;

namespace PolicySync.Core.Tests.Policies.Watching;

/// <summary>A small change of a large set.</summary>
public sealed class ManyPolicies(ITestOutputHelper output)
{
    [Fact]
    [Trait("Category", "Long")]
    public void One_policy_that_changes_among_100_000_is_found_by_its_name()
    {
        const int count = 100_000;
        var (before, after) = (Watch(count, "select"), Watch(count, "modify"));
        var (allocated, since) = (GC.GetTotalAllocatedBytes(), Stopwatch.GetTimestamp());

        var change = WatchedChange.Between(before, after, tagsElsewhere: false);

        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{count} policies: {Stopwatch.GetElapsedTime(since).TotalMilliseconds:0} ms, {(GC.GetTotalAllocatedBytes() - allocated) / 1_048_576} MiB allocated, {before.Policies.Packed.Length / 1_048_576.0:0.0} MiB packed"));
        Assert.Equal(["catalog c", "schema c.s77", "table c.s77.t77"], change.Named!.Select(one => $"{one}").Order(StringComparer.Ordinal));
    }

    // The 77th policy is for an access.
    private static WatchedPolicies Watch(int count, string access)
    {
        var download = new PolicyDownload("stamp", new ServicePolicies
        {
            PolicyVersion = 1, ServiceDef = World.ServiceDef,
            Policies = [.. Enumerable.Range(0, count).Select(number => PolicyText.Read($"c.s{number % 1_000}.t{number} +#g{number % 50}:{(number == 77 ? access : "select")}")[0])],
        }, null, null, null);
        foreach (var (number, policy) in download.Policies.Policies!.Index())
        {
            (policy.Id, policy.Name) = (number, $"policy {number}");
        }

        return WatchedPolicies.Of(download, PolicySet.Of(download.Policies), "settings");
    }
}
