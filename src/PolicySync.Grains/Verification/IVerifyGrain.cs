using Orleans.Concurrency;

namespace PolicySync.Grains.Verification;

/// <summary>Starts verification rounds when they are due. One grain per connector instance, so one silo at a time.</summary>
[Alias("ps.verify")]
public interface IVerifyGrain : IGrainWithStringKey
{
    /// <summary>
    /// Starts the next round if it is due and the last one has ended, and waits for a short while. Listing the workspace may take
    /// longer than a call; it then continues by itself. Repeating the call changes nothing.
    /// </summary>
    [Alias("tick"), AlwaysInterleave]
    Task TickAsync();
}

/// <summary>
/// The state of the rounds, stored as JSON. Member names are stored and never change; a missing member has its default.
/// </summary>
[GenerateSerializer, Alias("ps.verify-state")]
public sealed class VerifyState
{
    /// <summary>Start of the last round; null before the first.</summary>
    [Id(0)] public DateTimeOffset? Began { get; set; }

    /// <summary>The round has started, and it is unknown whether all of its tasks were made.</summary>
    [Id(1)] public bool IsOpen { get; set; }

    /// <summary>The tasks of the round.</summary>
    [Id(2)] public List<long> Tasks { get; set; } = [];
}
