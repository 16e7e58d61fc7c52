using PolicySync.Benchmarks;
using PolicySync.Benchmarks.Cluster;

switch (args)
{
    case ["policies"]:
        return PolicyBenchmark.Run(Console.Out);
    case ["ingest"]:
        return await IngestBenchmark.RunAsync(Console.Out);
    case ["lifecycle"]:
        return await LifecycleBenchmark.RunAsync(Console.Out);
    case ["coalesce"]:
        return await CoalesceBenchmark.RunAsync(Console.Out);
    default:
        Console.Error.WriteLine("usage: PolicySync.Benchmarks policies|ingest|lifecycle|coalesce");
        return 2;
}
