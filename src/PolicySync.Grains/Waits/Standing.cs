using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Resources;

namespace PolicySync.Grains.Waits;

/// <summary>What a run is doing, and what it waits for.</summary>
/// <param name="Phase">What it is doing.</param>
/// <param name="Kind">What it waits for, if it waits.</param>
/// <param name="Reason">The reason in words, without secrets; null when it does not wait or the reason is unknown.</param>
internal sealed record Standing(RunPhase Phase, WaitKind Kind = WaitKind.Nothing, string? Reason = null)
{
    /// <summary>Shorter waits are not shown.</summary>
    public static readonly TimeSpan Noticeable = TimeSpan.FromSeconds(2);

    /// <summary>Waiting for its turn since just now.</summary>
    public static Standing Queued { get; } = new(RunPhase.Queued);

    /// <summary>Working.</summary>
    public static Standing Running { get; } = new(RunPhase.Running);

    /// <summary>Waiting for the workspace's budget.</summary>
    public static Standing Throttled { get; } = new(RunPhase.Throttled, WaitKind.Budget);

    /// <summary>Waiting after a failure that may pass.</summary>
    public static Standing After(SyncException failure) => failure.Code == SyncErrorCode.Throttled
        ? Throttled
        : new Standing(RunPhase.Waiting, KindOf(failure.Code), TaskMessages.Error(failure.Code, failure.Message));

    /// <summary>The message of a task that waits for this; null when there is none.</summary>
    public string? Message => Kind switch
    {
        WaitKind.Budget => TaskMessages.Throttled,
        _ when Reason is null => null,
        _ => TaskMessages.WaitingFor(NameOf(Kind), Reason),
    };

    /// <summary>The name of <paramref name="kind"/> in messages and logs.</summary>
    public static string NameOf(WaitKind kind) => kind switch
    {
        WaitKind.Workspace => "the workspace",
        WaitKind.Budget => "the workspace's budget",
        WaitKind.Policies => "policies",
        WaitKind.Storage => "the service's storage",
        WaitKind.Turn => "its turn",
        WaitKind.Silo => "another process of the service",
        _ => "something else",
    };

    private static WaitKind KindOf(SyncErrorCode code) => code switch
    {
        SyncErrorCode.PoliciesUnavailable => WaitKind.Policies,
        SyncErrorCode.StorageConflict => WaitKind.Storage,
        _ => WaitKind.Workspace,
    };
}
