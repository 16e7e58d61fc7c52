namespace PolicySync.Benchmarks;

/// <summary>The processor time of this process: unlike a clock it does not see what else the machine does.</summary>
internal static class Processor
{
    /// <summary>Microseconds so far.</summary>
    public static double Used => Environment.CpuUsage.TotalTime.TotalMicroseconds;
}
