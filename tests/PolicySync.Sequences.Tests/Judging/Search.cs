using PolicySync.Sequences.Tests.Language;
using PolicySync.Sequences.Tests.Support;

namespace PolicySync.Sequences.Tests.Judging;

/// <summary>Runs the sequences of many seeds, on all processors; each depends on its seed alone.</summary>
internal static class Search
{
    /// <summary>What syncs withstand, and what every run of the tests tries.</summary>
    public const Kind Established = Kind.All;

    /// <summary>Runs them, and makes the first failures as short as they get.</summary>
    public static async Task<Found> RunAsync(int seed, int count, Kind kinds, Func<Worker, Variant> broken, int maxFailures)
    {
        var found = new Found();
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Task.Run(async () =>
        {
            using var worker = new Worker();
            var variant = broken(worker);
            var sequence = new Sequence(worker, variant);
            while (found.Failures.Count < maxFailures && Interlocked.Increment(ref next) is var i && i < count)
            {
                var steps = Generator.Steps(seed + i, kinds);
                if (await sequence.RunAsync(steps) is not null)
                {
                    var text = await ExplainAsync(worker, variant, seed + i, steps);
                    found.Add(seed + i, text);
                }
            }

            found.Add(sequence.Tally);
        })));
        return found;
    }

    private static async Task<string> ExplainAsync(Worker worker, Variant variant, int seed, IReadOnlyList<string> steps)
    {
        var sequence = new Sequence(worker, variant);
        var shortest = await Shrink.RunAsync(steps, async fewer => await sequence.RunAsync(fewer) is not null);
        return $"seed {seed}\n{string.Join('\n', shortest)}\n--\n{await sequence.RunAsync(shortest)}";
    }
}

/// <summary>What a search found.</summary>
internal sealed class Found
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, string> _failures = [];

    public Tally Tally { get; } = new();

    /// <summary>By seed, smallest first.</summary>
    public IReadOnlyCollection<string> Failures
    {
        get
        {
            lock (_gate)
            {
                return [.. _failures.Values];
            }
        }
    }

    public void Add(int seed, string failure)
    {
        lock (_gate)
        {
            _failures[seed] = failure;
        }
    }

    public void Add(Tally tally)
    {
        lock (_gate)
        {
            Tally.Add(tally);
        }
    }
}
