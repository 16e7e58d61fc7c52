using System.Text.Json.Serialization;
using Orleans.Concurrency;
using PolicySync.Core.Explaining;
using PolicySync.Core.Reports;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Waits;

namespace PolicySync.Grains.Resources;

/// <summary>
/// Serialises everything that is done to one securable: at any time at most one run reads, plans and writes it. The key is
/// <see cref="ResourceKey"/>. Callers that arrive during a run share the next one, never the running one, which may have read
/// before what they know of.
/// </summary>
[Alias("ps.resource")]
public interface IResourceGrain : IGrainWithStringKey
{
    /// <summary>
    /// Joins the next run that can serve <paramref name="request"/> and waits for its end, at most
    /// <paramref name="patience"/>. A reply without result carries a ticket for <see cref="WaitAsync"/>.
    /// </summary>
    [Alias("run"), AlwaysInterleave]
    Task<RunReply> RunAsync(RunRequest request, TimeSpan patience);

    /// <summary>
    /// Waits on. A reply that is <see cref="RunReply.IsLost"/> means that this activation knows no such run, since its
    /// predecessor died: join again, which is harmless.
    /// </summary>
    [Alias("wait"), AlwaysInterleave]
    Task<RunReply> WaitAsync(RunTicket ticket, TimeSpan patience);

    /// <summary>
    /// Tells that the caller of a run does not want it any more. A run that no caller wants ends: at once when it waits, otherwise
    /// after the step that it is taking. Returns whether to wait for its end; false when other callers want it. Silos of earlier
    /// builds do not have this call.
    /// </summary>
    [Alias("leave"), AlwaysInterleave]
    Task<bool> LeaveAsync(RunTicket ticket);

    /// <summary>
    /// Returns a copy of the state of the object with <paramref name="identity"/>, or of any object when that is null, for the
    /// grain of the object's new name; null when this name holds none.
    /// </summary>
    [Alias("peek"), AlwaysInterleave]
    Task<ResourceState?> PeekAsync(string? identity);

    /// <summary>Deletes the state of an object that another name's grain has taken over, once no run is under way.</summary>
    [Alias("forget"), AlwaysInterleave]
    Task ForgetAsync(string identity);

    /// <summary>
    /// Restores what an export had of the securable, between two runs. Silos of earlier builds do not have this call.
    /// </summary>
    /// <exception cref="Core.Errors.SyncException">It is not known whether it was stored; the call may be repeated.</exception>
    [Alias("restore"), AlwaysInterleave]
    Task<RestoreReply> RestoreAsync(RestoreRequest request);
}

/// <summary>The part of a securable that a run may change. Names are stored state.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RunScope>))]
public enum RunScope
{
    /// <summary>
    /// Everything; on a container all but removing USE, which comes after its children.
    /// </summary>
    Full,

    /// <summary>Only granting USE on a container, before something below it is synced.</summary>
    UseAdditions,

    /// <summary>Only revoking USE that the service granted on a container, after something below it was synced.</summary>
    UseRemovals,

    /// <summary>What a full run on a container left: revoking USE, after all of its children were synced.</summary>
    AfterChildren,
}

/// <summary>A caller's request for a run. Callers whose requests agree in scope, dry run and allowance share one.</summary>
[GenerateSerializer, Alias("ps.run-request"), Immutable]
public sealed record RunRequest
{
    /// <summary>The securable.</summary>
    [Id(0)] public required Securable Securable { get; init; }

    /// <summary>How much of it.</summary>
    [Id(1)] public RunScope Scope { get; init; }

    /// <summary>Plan only.</summary>
    [Id(2)] public bool DryRun { get; init; }

    /// <summary>Lets the run revoke more than <c>Sync:MaxRevokeShare</c>.</summary>
    [Id(3)] public bool AllowRevoke { get; init; }

    /// <summary>Facts of the securable from a listing, which save a read. Null: the run reads them.</summary>
    [Id(4)] public SecurableFacts? Facts { get; init; }

    /// <summary>Whether the caller has synced the containers above, so that the run need not grant or revoke USE on them.</summary>
    [Id(5)] public bool ParentsDone { get; init; }

    /// <summary>The task, for the ledger and the logs.</summary>
    [Id(6)] public required long TaskId { get; init; }

    /// <summary>
    /// The task was created by a schedule entry, which is deleted by then: the run must add an entry for what comes next.
    /// </summary>
    [Id(7)] public bool IsDue { get; init; }

    /// <summary>
    /// On a container, after its children: a schedule ended there, and grants that policies wanted until this time do not count
    /// for the revoke limit. Null: the securable's own recorded schedule decides.
    /// </summary>
    [Id(8)] public DateTimeOffset? LapsedAt { get; init; }

    /// <summary>Part of a walk through a container: its calls come after those of tasks on single securables.</summary>
    [Id(9)] public bool IsBulk { get; init; }

    /// <summary>The share that the task's calls count against (<see cref="TaskShare"/>); null for the common one.</summary>
    [Id(10)] public string? Share { get; init; }

    /// <summary>A question that a dry run is to answer in place of a plan; null for a run of a task.</summary>
    [Id(11)] public AccessQuery? Access { get; init; }

    /// <summary>A question that a dry run is to answer in place of a plan; null for a run of a task.</summary>
    [Id(12)] public ExplainQuestion? Explain { get; init; }

    /// <summary>
    /// Of a plan, and of a check whether a plan still holds: the hash of the candidate set to plan with, or empty for the current
    /// policies. The reply has <see cref="RunReply.Effect"/> then. Null for any other run. Silos of earlier builds do not read this and
    /// what follows.
    /// </summary>
    [Id(13)] public string? Candidate { get; init; }

    /// <summary>
    /// Of a writing run for a plan: the only changes that it may make, as <see cref="ChangeDigest"/>, here and on containers. Null for
    /// any other run.
    /// </summary>
    [Id(14)] public string? Allowed { get; init; }

    /// <summary>
    /// A grant of others that the service is to take as its own, in place of a plan; null otherwise. The request is a dry run, so that a
    /// silo that does not know this writes nothing.
    /// </summary>
    [Id(15)] public GrantAdoption? Adopt { get; init; }
}

/// <summary>A grant that others made and the service is to take as its own.</summary>
/// <param name="Principal">Whose, as a gap names it: a deleted principal by its id.</param>
/// <param name="Privilege">Which, upper case.</param>
/// <param name="By">The subject that wants it; null when its token had none.</param>
[GenerateSerializer, Alias("ps.grant-adoption"), Immutable]
public sealed record GrantAdoption(
    [property: Id(0)] string Principal, [property: Id(1)] string Privilege, [property: Id(2)] string? By);

/// <summary>Names a run that a caller has joined.</summary>
[GenerateSerializer, Alias("ps.run-ticket"), Immutable]
public sealed record RunTicket([property: Id(0)] Guid Activation, [property: Id(1)] long Run);

/// <summary>What a run is doing.</summary>
public enum RunPhase
{
    /// <summary>Waiting for its turn.</summary>
    Queued,

    /// <summary>Waiting for the policy source, for a retry, or for another process's write to end.</summary>
    Waiting,

    /// <summary>Working.</summary>
    Running,

    /// <summary>Ended.</summary>
    Done,

    /// <summary>Waiting for the workspace's rate budget, or because the workspace throttles calls.</summary>
    Throttled,
}

/// <summary>A direct grant on a container that policy does not want and that reaches its children.</summary>
[GenerateSerializer, Alias("ps.excess-grant"), Immutable]
public sealed record ExcessGrant(
    [property: Id(0)] Securable Container, [property: Id(1)] string Principal, [property: Id(2)] string Privilege);

/// <summary>The answer to a caller of a run.</summary>
[GenerateSerializer, Alias("ps.run-reply"), Immutable]
public sealed record RunReply
{
    /// <summary>The run; ask for it again while there is no result.</summary>
    [Id(0)] public RunTicket? Ticket { get; init; }

    /// <summary>What it is doing.</summary>
    [Id(1)] public RunPhase Phase { get; init; }

    /// <summary>Set at the end.</summary>
    [Id(2)] public ResourceResult? Result { get; init; }

    /// <summary>USE that the service granted on this container is no longer wanted; revoke it once its children are synced.</summary>
    [Id(3)] public bool UseRemovalsPending { get; init; }

    /// <summary>On a container: the first grants that reach its children against policy.</summary>
    [Id(4)] public IReadOnlyList<ExcessGrant> Excess { get; init; } = [];

    /// <summary>The run used cached policies because the source did not answer.</summary>
    [Id(5)] public bool StalePolicies { get; init; }

    /// <summary>A schedule concerns the securable, according to the last full run that succeeded.</summary>
    [Id(6)] public bool IsTimed { get; init; }

    /// <summary>When a schedule began or ended, if this run is the first full one after it; null when none did.</summary>
    [Id(7)] public DateTimeOffset? LapsedAt { get; init; }

    /// <summary>What it waits for.</summary>
    [Id(8)] public WaitKind WaitsFor { get; init; }

    /// <summary>Why it waits, for people; null when it does not, or nothing is known.</summary>
    [Id(9)] public string? Reason { get; init; }

    /// <summary>The answer to <see cref="RunRequest.Access"/>; null without one, or when it could not be found.</summary>
    [Id(10)] public AccessReport? Access { get; init; }

    /// <summary>The answer to <see cref="RunRequest.Explain"/>; null without one, or when it could not be found.</summary>
    [Id(11)] public Explanation? Explanation { get; init; }

    /// <summary>
    /// Of a run for a plan: <see cref="PlannedEffect"/> in its stored form, JSON. Null of any other run, and of silos of earlier builds,
    /// which do not know plans.
    /// </summary>
    [Id(12)] public string? Effect { get; init; }

    /// <summary>
    /// Whether the grant of <see cref="RunRequest.Adopt"/> is the service's own now; the message of the result says why not. Null without
    /// such a request, and from silos that do not know it.
    /// </summary>
    [Id(13)] public bool? Adopted { get; init; }

    /// <summary>This activation knows no such run.</summary>
    public bool IsLost => Ticket is null && Result is null;
}
