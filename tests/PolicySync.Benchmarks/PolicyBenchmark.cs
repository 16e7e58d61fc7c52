using System.Globalization;
using PolicySync.Core.Desired;
using PolicySync.Core.Securables;

namespace PolicySync.Benchmarks;

/// <summary>How cost grows with the number of policies, against stated limits.</summary>
internal sealed class PolicyBenchmark(TextWriter output)
{
    private const double DesiredLimit = 3;
    private const double CompileLimit = 1.5;
    private const int CompileRounds = 3;
    private const int Rounds = 7;
    private const int OpenShare = 100;

    private static readonly int[] Sizes = [1_000, 10_000, 100_000];

    private readonly List<string> _broken = [];

    /// <summary>0 when every limit holds, 1 when one is broken, 3 when the sizes do not ask for the same and so say nothing.</summary>
    public static int Run(TextWriter output) => new PolicyBenchmark(output).Run();

    private int Run()
    {
        // The first use of everything is not what is measured.
        new Compiled(Sizes[0]).Time();
        var directory = People.Directory();
        var sizes = Sizes.Select(size => new Compiled(size)).ToList();
        // Compiling is timed while nothing else is kept: what lives beside it is the collector's work, not the policies'.
        var (reading, compiling, collected) = TimeCompiling(sizes);
        sizes.ForEach(size => size.Keep());
        var probes = sizes.Select(size => new Probe(size.Snapshot, directory)).ToList();
        if (!AskTheSame(sizes, probes))
        {
            output.WriteLine("the sizes do not ask for the same, so their ratios say nothing");
            return 3;
        }

        WriteHead(sizes, probes);
        Row("read JSON, each policy", reading, "µs", limit: null);
        Row("compile, each policy", compiling, "µs", CompileLimit);
        Row("  with garbage collections", collected, "µs", limit: null);
        Row("compile, in all", [.. Sizes.Select((size, i) => collected.Median(i) * size / 1_000)], "ms");
        Row("bytes: policy as read", sizes.ConvertAll(size => size.ReadBytes), "bytes");
        Row("bytes: compiled, besides", sizes.ConvertAll(size => size.CompiledBytes), "bytes");
        Row("view + 20 evaluations", probes.ConvertAll<Action>(probe => probe.EvaluateTable), limit: null);
        Row("desired state: table", Desired(probes, Probe.Table), DesiredLimit);
        Row("desired state: schema", Desired(probes, Probe.Schema), DesiredLimit);
        Row("desired state: catalog", Desired(probes, Probe.Catalog), DesiredLimit);
        TimeOpen(directory);
        output.WriteLine();
        foreach (var broken in _broken)
        {
            output.WriteLine($"LIMIT BROKEN: {broken}");
        }

        output.WriteLine(_broken.Count == 0 ? "all limits hold" : $"{_broken.Count} limits broken");
        return _broken.Count == 0 ? 0 : 1;
    }

    private static bool AskTheSame(List<Compiled> sizes, List<Probe> probes) =>
        sizes.TrueForAll(size => size.Probed == sizes[0].Probed)
        && probes.TrueForAll(probe => new[] { Probe.Table, Probe.Schema, Probe.Catalog }.All(facts => IsSame(probe, probes[0], facts)));

    private static bool IsSame(Probe one, Probe other, SecurableFacts facts) =>
        one.Matching(facts) == other.Matching(facts)
        && Said(one.Desired(facts)).SetEquals(Said(other.Desired(facts)));

    // Without case: a name that no policy spells yet is shown by its key.
    private static HashSet<string> Said(DesiredState state) =>
    [
        .. state.Grants.Select(grant => Text($"{grant.Principal.ToLowerInvariant()} {grant.Privilege} {grant.PolicyId}")),
        .. state.Gaps.Select(gap => Text($"{gap.Code} {gap.Direction} {gap.Principal?.ToLowerInvariant()} {gap.Privilege} {gap.PolicyId}")),
    ];

    private void WriteHead(List<Compiled> sizes, List<Probe> probes)
    {
        output.WriteLine(Text($"100 catalogs, {sizes[0].Probed} policies concern the probed one at each size; {probes[0].CandidateCount} candidate principals on its table"));
        foreach (var facts in new[] { Probe.Table, Probe.Schema, Probe.Catalog })
        {
            DesiredState state = probes[0].Desired(facts);
            output.WriteLine(Text($"  {facts.Securable}: {probes[0].Matching(facts)} policies match at or below, {state.Grants.Count} grants, {state.Gaps.Count} gaps"));
        }

        output.WriteLine(Text($"  a policy is {sizes[^1].TextBytes:N0} bytes of JSON"));
        output.WriteLine();
        output.WriteLine(Text($"{"policies",-34}{Sizes[0],12:N0}{Sizes[1],12:N0}{Sizes[2],12:N0}  {"unit",-10}{"ratio",7}{"low",7}  limit"));
    }

    private static (Measures Reading, Measures Compiling, Measures Collected) TimeCompiling(List<Compiled> sizes)
    {
        var reading = new Measures(sizes.Count);
        var compiling = new Measures(sizes.Count);
        var collected = new Measures(sizes.Count);
        for (var round = 0; round < CompileRounds; round++)
        {
            for (var size = 0; size < sizes.Count; size++)
            {
                var (read, compile, withCollections) = sizes[size].Time();
                reading.Add(size, read);
                compiling.Add(size, compile);
                collected.Add(size, withCollections);
            }
        }

        return (reading, compiling, collected);
    }

    // What an index by names and beginnings of names cannot leave out is held against the securable one by one.
    private void TimeOpen(Core.Principals.PrincipalSnapshot directory)
    {
        var probes = Sizes.Select(size => new Probe(new Compiled(size, OpenShare).Snapshot, directory)).ToList();
        Row("catalog, 1 in 100 named `*x`", Desired(probes, Probe.Catalog), limit: null);
    }

    private static List<Action> Desired(List<Probe> probes, SecurableFacts facts) =>
        probes.ConvertAll<Action>(probe => () => probe.Desired(facts));

    private void Row(string name, List<Action> actions, double? limit)
    {
        Row(name, Measures.Time(actions, Rounds), "µs", limit);
        Row("  allocated", actions.ConvertAll(action => Measures.AllocatedBytes(action) / 1024), "KiB");
    }

    private void Row(string name, Measures measures, string unit, double? limit)
    {
        var isBroken = limit is { } most && measures.LowRatio > most;
        var verdict = limit is null ? "none" : Text($"≤ {limit:0.0} ×  {(isBroken ? "BROKEN" : "holds")}");
        output.WriteLine(Text($"{Figures(name, Sizes.Select((_, i) => measures.Median(i)), unit)}{measures.Ratio,7:0.00}{measures.LowRatio,7:0.00}  {verdict}"));
        if (isBroken)
        {
            _broken.Add(Text($"{name}: {measures.Ratio:0.00} × (lower quartile {measures.LowRatio:0.00} ×), limit {limit:0.0} ×"));
        }
    }

    private void Row(string name, List<double> figures, string unit) =>
        output.WriteLine(Text($"{Figures(name, figures, unit)}{figures[^1] / figures[0],7:0.00}"));

    private static string Figures(string name, IEnumerable<double> figures, string unit) =>
        Text($"{name,-34}{string.Concat(figures.Select(figure => Text($"{figure,12:N1}")))}  {unit,-10}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
