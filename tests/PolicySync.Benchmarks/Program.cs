using PolicySync.Benchmarks;

if (args is not ["policies"])
{
    Console.Error.WriteLine("usage: PolicySync.Benchmarks policies");
    return 2;
}

return PolicyBenchmark.Run(Console.Out);
