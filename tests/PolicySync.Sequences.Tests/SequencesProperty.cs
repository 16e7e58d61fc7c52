using System.Diagnostics;
using System.Globalization;
using PolicySync.Sequences.Tests.Judging;
using PolicySync.Sequences.Tests.Language;

using PolicySync.Sequences.Tests.Support;
using Xunit.Abstractions;

namespace PolicySync.Sequences.Tests;

/// <summary>
/// Access never widens: after each sync of a sequence of changes and syncs, nobody reads a row or a value that neither
/// policies give nor they read before, unless an exposed gap of that sync tells of it. <c>SEQUENCES_COUNT</c> and
/// <c>SEQUENCES_SEED</c> make it look longer, and elsewhere.
/// </summary>
public sealed class SequencesProperty(ITestOutputHelper output)
{
    private static readonly int Count = Setting("SEQUENCES_COUNT", 20_000);
    private static readonly int Seed = Setting("SEQUENCES_SEED", 20261130);

    private static readonly int Failures = Setting("SEQUENCES_FAILURES", 3);
    private static readonly Kind Tried = Environment.GetEnvironmentVariable("SEQUENCES_KINDS") is { Length: > 0 } kinds
        ? Enum.Parse<Kind>(kinds) : Search.Established;

    [Fact]
    public async Task Nobody_reads_after_a_sync_what_neither_policy_gives_nor_they_read_before()
    {
        var began = Stopwatch.GetTimestamp();
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var found = await Search.RunAsync(Seed, Count, Tried, _ => Variant.Whole, Failures);
        output.WriteLine($"seeds {Seed} to {Seed + Count - 1}, {Tried}: {found.Tally}\n{Stopwatch.GetElapsedTime(began).TotalSeconds:F0} s, processor {(Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds:F0} s");
        if (found.Failures.Count > 0)
        {
            Assert.Fail(string.Join("\n\n", found.Failures));
        }
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
