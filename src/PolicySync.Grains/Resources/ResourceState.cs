using PolicySync.Core.Guards;
using PolicySync.Core.Planning;

namespace PolicySync.Grains.Resources;

/// <summary>
/// What is remembered of one securable: small, and written only when a run writes to Unity Catalog. JSON in the grain
/// storage; member names are stored state and never change, a missing member has its default. The ids are for moving it
/// to another silo with its activation.
/// </summary>
[GenerateSerializer, Alias("ps.resource-state")]
public sealed class ResourceState
{
    /// <summary>Grants that are ours. Missing: none.</summary>
    [Id(0)] public Ledger Ledger { get; set; } = Ledger.Empty;

    /// <summary>Grows with each intent; whoever wrote the latest is the writer, everybody before is deposed.</summary>
    [Id(1)] public long Epoch { get; set; }

    /// <summary>
    /// The activation whose write may be under way; null when none is. Who finds another's here waits until that write
    /// can no longer take effect (specification §4).
    /// </summary>
    [Id(2)] public Guid? OpenIntentOf { get; set; }

    /// <summary>What the run of the latest intent may change; tells what has to be looked at again. Missing: everything.</summary>
    [Id(3)] public RunScope IntentScope { get; set; }

    /// <summary>When our last write ended or was given up.</summary>
    [Id(4)] public DateTimeOffset? LastWrite { get; set; }

    /// <summary>A write's answer never came: read again at this time, in case it took effect late.</summary>
    [Id(5)] public DateTimeOffset? RecheckAt { get; set; }

    /// <summary>
    /// Principals that Unity Catalog refused as unknown, and when; they are not tried again before a while or until
    /// the directory lists them.
    /// </summary>
    [Id(6)] public Dictionary<string, DateTimeOffset> Refused { get; set; } = [];

    /// <summary>
    /// Privileges that Unity Catalog refused as not applicable here. Missing: none.
    /// </summary>
    [Id(7)] public Dictionary<string, RefusedPrivilege> RefusedPrivileges { get; set; } = [];

    /// <summary>The policy version of the last write.</summary>
    [Id(8)] public long? PolicyVersion { get; set; }

    /// <summary>When a read last showed what the last write wanted.</summary>
    [Id(9)] public DateTimeOffset? LastVerified { get; set; }

    /// <summary>
    /// When a schedule that concerns the securable begins or ends next, as the last full run found: a row for this time
    /// stands among the due ones, or a task was made of it. Missing: none does.
    /// </summary>
    [Id(10)] public DateTimeOffset? DueAt { get; set; }

    /// <summary>
    /// Functions of row filters and masks that were made for this table and may still exist. Missing: none.
    /// </summary>
    [Id(11)] public List<GuardFunctionState> GuardFunctions { get; set; } = [];

    /// <summary>How long the write of the open intent can take effect. Missing: <c>Workspace:WriteTimeout</c>.</summary>
    [Id(12)] public TimeSpan? IntentLasts { get; set; }

    /// <summary>Grants and revokes that Unity Catalog refused while it took others. Missing: none.</summary>
    [Id(20)] public List<RefusedPart> RefusedParts { get; set; } = [];

    /// <summary>
    /// Those of <see cref="Refused"/> that the directory listed already: that it lists them is no reason to try them again.
    /// </summary>
    [Id(21)] public List<string> RefusedThoughListed { get; set; } = [];

    /// <summary>
    /// The id of the object that the state is about, once it is remembered under which name it lies
    /// (<see cref="Core.Securables.IObjectNames"/>). Missing: it is not.
    /// </summary>
    [Id(22)] public string? KnownAs { get; set; }

    /// <summary>The object that the state is about; null when nothing is held, or its id was never told.</summary>
    internal string? Identity => KnownAs ?? Ledger.Identity;

    /// <summary>Whether anything is held that must not be lost.</summary>
    internal bool HoldsAnything => Ledger.Entries.Count > 0 || GuardFunctions.Count > 0;

    /// <summary>Puts what <paramref name="other"/> holds in the place of what this holds. Who writes stays as it is.</summary>
    internal void Hold(ResourceState other)
    {
        (Ledger, GuardFunctions, KnownAs) = (other.Ledger, other.GuardFunctions, other.KnownAs);
        (Refused, RefusedPrivileges, RefusedParts, RefusedThoughListed) =
            (other.Refused, other.RefusedPrivileges, other.RefusedParts, other.RefusedThoughListed);
        (PolicyVersion, LastVerified, LastWrite, DueAt) = (other.PolicyVersion, other.LastVerified, other.LastWrite, other.DueAt);
    }
}

/// <summary>A grant or revoke that Unity Catalog refused. It is tried again after an hour.</summary>
[GenerateSerializer, Alias("ps.refused-part")]
public sealed class RefusedPart
{
    /// <summary>The form in which the principal compares.</summary>
    [Id(0)] public string Principal { get; set; } = "";

    /// <summary>Upper case with underscores.</summary>
    [Id(1)] public string Privilege { get; set; } = "";

    /// <summary>True for a revoke. Missing: a grant.</summary>
    [Id(2)] public bool IsRevoke { get; set; }

    /// <summary>When.</summary>
    [Id(3)] public DateTimeOffset At { get; set; }

    /// <summary>What the server said, for people.</summary>
    [Id(4)] public string Reason { get; set; } = "";

    internal static RefusedPart Of(PlanPart part, string reason, DateTimeOffset at) =>
        new() { Principal = part.Principal, Privilege = part.Privilege, IsRevoke = !part.Grants, At = at, Reason = reason };

    internal PlanPart ToPart() => new(Principal, Privilege, !IsRevoke);
}

/// <summary>A function of a row filter or mask, and the policy that asked for it.</summary>
[GenerateSerializer, Alias("ps.guard-function")]
public sealed class GuardFunctionState
{
    /// <summary>Full name, unquoted, in lower case.</summary>
    [Id(0)] public string FullName { get; set; } = "";

    /// <summary>The masked column; null for a row filter.</summary>
    [Id(1)] public string? Column { get; set; }

    /// <summary>The policy whose item came first.</summary>
    [Id(2)] public long? PolicyId { get; set; }

    /// <summary>Its name.</summary>
    [Id(3)] public string? PolicyName { get; set; }

    /// <summary>When Databricks last refused to drop it, although nothing of ours uses it. Missing: it did not.</summary>
    [Id(4)] public DateTimeOffset? RefusedAt { get; set; }

    /// <summary>
    /// What it was made from, as <see cref="GuardContent.ToText"/> gives it: whom it restricts, and how. Missing: not known, and
    /// so taken to restrict everybody.
    /// </summary>
    [Id(5)] public string? Content { get; set; }

    /// <summary>
    /// <see cref="GuardTrust.FingerprintOf"/> of what was told of it right after it was made. Missing: it was told as it was sent.
    /// </summary>
    [Id(6)] public string? Told { get; set; }

    internal static GuardFunctionState Of(MadeFunction function) => new()
    {
        FullName = function.FullName, Column = function.Column, PolicyId = function.PolicyId, PolicyName = function.PolicyName,
        RefusedAt = function.RefusedAt, Content = function.Content?.ToText(), Told = function.Told,
    };

    internal MadeFunction ToMade() => new(FullName, Column, PolicyId, PolicyName)
    {
        RefusedAt = RefusedAt, Content = GuardContent.Parse(Content), Told = Told,
    };
}

/// <summary>
/// A privilege that Unity Catalog refused on a securable of this kind. It is tried again when a day has passed and
/// policies have changed: a newer Databricks may take it, but a run that has nothing new to say writes nothing.
/// </summary>
[GenerateSerializer, Alias("ps.refused-privilege")]
public sealed class RefusedPrivilege
{
    /// <summary>When.</summary>
    [Id(0)] public DateTimeOffset At { get; set; }

    /// <summary>The policy version that asked for it.</summary>
    [Id(1)] public long PolicyVersion { get; set; }

    /// <summary>The kind of the securable then; another kind may have the privilege.</summary>
    [Id(2)] public string Kind { get; set; } = "";
}
