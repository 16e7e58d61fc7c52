namespace PolicySync.Benchmarks;

/// <summary>Figures of one thing at several sizes: one a round for each size, taken in turn so that noise meets all alike.</summary>
internal sealed class Measures(int sizes)
{
    private readonly List<double>[] _figures = [.. Enumerable.Range(0, sizes).Select(_ => new List<double>())];

    public void Add(int size, double figure) => _figures[size].Add(figure);

    public double Median(int size) => Quantile(_figures[size], 0.5);

    /// <summary>The last size to the first, round by round.</summary>
    public double Ratio => Quantile(Ratios, 0.5);

    /// <summary>The lower quartile of the rounds: a limit is broken when even this is over it.</summary>
    public double LowRatio => Quantile(Ratios, 0.25);

    private List<double> Ratios => [.. _figures[^1].Zip(_figures[0], (last, first) => last / first)];

    /// <summary>Times each size in turn, many calls a round.</summary>
    /// <param name="actions">What to call, for each size.</param>
    /// <param name="rounds">How many rounds.</param>
    public static Measures Time(IReadOnlyList<Action> actions, int rounds)
    {
        var calls = actions.Select(CallsFor).ToList();
        var measures = new Measures(actions.Count);
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < actions.Count; i++)
            {
                // Forth and back, so that no size is always first.
                var size = round % 2 == 0 ? i : actions.Count - 1 - i;
                measures.Add(size, Time(actions[size], calls[size]) / calls[size]);
            }
        }

        return measures;
    }

    public static double AllocatedBytes(Action action)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static int CallsFor(Action action)
    {
        const double RoundMicroseconds = 25_000;
        Time(action, calls: 5);
        return (int)Math.Clamp(RoundMicroseconds / Math.Max(Time(action, calls: 10) / 10, 1), 5, 20_000);
    }

    private static double Time(Action action, int calls)
    {
        var start = Processor.Used;
        for (var call = 0; call < calls; call++)
        {
            action();
        }

        return Processor.Used - start;
    }

    private static double Quantile(List<double> figures, double share)
    {
        var sorted = figures.Order().ToList();
        return sorted[(int)((sorted.Count - 1) * share)];
    }
}
