using Orleans.Concurrency;

namespace PolicySync.Grains.Verification;

/// <summary>Begins rounds of verification when they are due: one grain per instance, so one silo at a time.</summary>
[Alias("ps.verify")]
public interface IVerifyGrain : IGrainWithStringKey
{
    /// <summary>
    /// Begins the next round if it is due and the last one has ended, and waits a little: listing the workspace may take
    /// longer than a call may, and goes on without being asked. Repeating it changes nothing.
    /// </summary>
    [Alias("tick"), AlwaysInterleave]
    Task TickAsync();
}

/// <summary>
/// Where the rounds stand. JSON in the grain storage; member names are stored state and never change, a missing member
/// has its default.
/// </summary>
[GenerateSerializer, Alias("ps.verify-state")]
public sealed class VerifyState
{
    /// <summary>When the last round began; null before the first.</summary>
    [Id(0)] public DateTimeOffset? Began { get; set; }

    /// <summary>The round has begun, and whether its tasks were all made is not known.</summary>
    [Id(1)] public bool IsOpen { get; set; }

    /// <summary>Its tasks.</summary>
    [Id(2)] public List<long> Tasks { get; set; } = [];
}
