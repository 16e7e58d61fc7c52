using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Resources;

namespace PolicySync.Grains.Waits;

/// <summary>What a run is doing, and what it waits for if it waits.</summary>
/// <param name="Phase">What it is doing.</param>
/// <param name="Kind">What it waits for.</param>
/// <param name="Reason">The same for people, without a secret; null when it does not wait or the reason is not known.</param>
internal sealed record Standing(RunPhase Phase, WaitKind Kind = WaitKind.Nothing, string? Reason = null)
{
    /// <summary>What lasts no longer than this is not called a wait.</summary>
    public static readonly TimeSpan Noticeable = TimeSpan.FromSeconds(2);

    /// <summary>Waiting for its turn, which has just begun.</summary>
    public static Standing Queued { get; } = new(RunPhase.Queued);

    /// <summary>Working.</summary>
    public static Standing Running { get; } = new(RunPhase.Running);

    /// <summary>Waiting for the workspace's budget.</summary>
    public static Standing Throttled { get; } = new(RunPhase.Throttled, WaitKind.Budget);

    /// <summary>Waiting after a failure that may pass.</summary>
    public static Standing After(SyncException failure) => failure.Code == SyncErrorCode.Throttled
        ? Throttled
        : new Standing(RunPhase.Waiting, KindOf(failure.Code), TaskMessages.Error(failure.Code, failure.Message));

    /// <summary>What a task says that waits for this; null when it has nothing to say.</summary>
    public string? Message => Kind switch
    {
        WaitKind.Budget => TaskMessages.Throttled,
        _ when Reason is null => null,
        _ => TaskMessages.WaitingFor(NameOf(Kind), Reason),
    };

    /// <summary>The words for it in messages and logs.</summary>
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
