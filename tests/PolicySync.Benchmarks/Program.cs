using System.Globalization;
using PolicySync.Benchmarks;
using PolicySync.Benchmarks.Cluster;
using PolicySync.Benchmarks.Micro;
using PolicySync.Benchmarks.Walks;

switch (args)
{
    case ["policies"]:
        return PolicyBenchmark.Run(Console.Out);
    case ["micro"]:
        return MicroBenchmark.Run();
    case ["inputs"]:
        return await InputsBenchmark.RunAsync(Console.Out);
    case [InputsBenchmark.Child, var folder]:
        return await InputsChild.RunAsync(folder, Console.Out);
    case ["ingest"]:
        return await IngestBenchmark.RunAsync(Console.Out);
    case ["lifecycle"]:
        return await LifecycleBenchmark.RunAsync(Console.Out);
    case ["coalesce"]:
        return await CoalesceBenchmark.RunAsync(Console.Out);
    case ["events"]:
        return await EventsBenchmark.RunAsync(Console.Out);
    case ["walk"]:
        return await WalkBenchmark.RunAsync(Console.Out);
    case ["task"]:
        return await TaskBenchmark.RunAsync(Console.Out);
    case ["soak", var tasks] when int.TryParse(tasks, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > Soak.First:
        return await Soak.RunAsync(count, Console.Out);
    default:
        Console.Error.WriteLine($"usage: PolicySync.Benchmarks policies|micro|inputs|ingest|lifecycle|coalesce|events|walk|task|soak N, N over {Soak.First}");
        return 2;
}
