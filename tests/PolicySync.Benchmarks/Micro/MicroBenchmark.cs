using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace PolicySync.Benchmarks.Micro;

/// <summary>Times of pure code, by BenchmarkDotNet. They are figures of one machine and have no limits.</summary>
internal static class MicroBenchmark
{
    /// <summary>0 when every benchmark gave a figure.</summary>
    public static int Run()
    {
        // In this process: a project that BenchmarkDotNet generates would not find the versions and rules of this repository.
        var config = new ManualConfig()
            .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddLogger(ConsoleLogger.Default)
            .AddExporter(MarkdownExporter.Console)
            .WithArtifactsPath(Path.Combine(Repository.Root, ".run", "bench"));
        var summary = BenchmarkRunner.Run<PureCode>(config);
        return summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success) ? 1 : 0;
    }
}
