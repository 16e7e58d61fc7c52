using Orleans.Concurrency;

namespace PolicySync.Grains.PolicyWatch;

/// <summary>
/// Turns changes of policies, and of what decides with them, into tasks. One grain per connector instance, so one silo at a time. Silos of
/// earlier builds do not have it.
/// </summary>
[Alias("ps.policy-watch")]
public interface IPolicyWatchGrain : IGrainWithStringKey
{
    /// <summary>
    /// Checks the policies, and makes the tasks of a change; waits for a short while. The work may take longer than a call; it then
    /// continues by itself. Repeating the call changes nothing.
    /// </summary>
    [Alias("tick"), AlwaysInterleave]
    Task TickAsync();

    /// <summary>Returns where the watch is.</summary>
    [Alias("state"), AlwaysInterleave]
    Task<PolicyWatchProgress> ReadAsync();
}

/// <summary>Where the watch is.</summary>
/// <param name="BehindSince">Since when a change waits to be turned into tasks; null when none does.</param>
/// <param name="HeldVersion">The version of the policies whose change is held; null when none is.</param>
/// <param name="HeldReason">Why, for people; null when none is.</param>
[GenerateSerializer, Alias("ps.policy-watch-progress"), Immutable]
public sealed record PolicyWatchProgress(
    [property: Id(0)] DateTimeOffset? BehindSince, [property: Id(1)] long? HeldVersion, [property: Id(2)] string? HeldReason);

/// <summary>The state of the watch, stored as JSON. Member names are stored and never change; a missing member has its default.</summary>
[GenerateSerializer, Alias("ps.policy-watch-state")]
public sealed class PolicyWatchState
{
    /// <summary>The hash of the policies whose changes were turned into tasks completely; null before the first check.</summary>
    [Id(0)] public string? Baseline { get; set; }

    /// <summary>The hash of the policies that will be the baseline, whose content may be stored already; null when none will.</summary>
    [Id(1)] public string? Target { get; set; }
}
