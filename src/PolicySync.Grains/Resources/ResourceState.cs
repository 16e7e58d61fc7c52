using System.Text.Json.Serialization;
using PolicySync.Core.Guards;
using PolicySync.Core.Planning;
using PolicySync.Core.Runs;
using PolicySync.Grains.Resources.Indexing;

namespace PolicySync.Grains.Resources;

/// <summary>
/// The recorded state of one securable: small, and written only when a run writes to Unity Catalog. JSON in the grain storage;
/// member names are stored state and never change, a missing member has its default. The ids serve to move it to another silo
/// with its activation.
/// </summary>
[GenerateSerializer, Alias("ps.resource-state")]
public sealed class ResourceState
{
    /// <summary>Grants that the service made. Missing: none.</summary>
    [Id(0)] public Ledger Ledger { get; set; } = Ledger.Empty;

    /// <summary>Grows with each intent. The activation that wrote the latest is the writer; earlier ones are deposed.</summary>
    [Id(1)] public long Epoch { get; set; }

    /// <summary>
    /// The activation whose write may be under way; null when none is. An activation that finds another's here waits until that
    /// write can no longer take effect (specification §4).
    /// </summary>
    [Id(2)] public Guid? OpenIntentOf { get; set; }

    /// <summary>What the run of the latest intent may change, and so what is read again after it. Missing: everything.</summary>
    [Id(3)] public RunScope IntentScope { get; set; }

    /// <summary>When the last write ended or was given up.</summary>
    [Id(4)] public DateTimeOffset? LastWrite { get; set; }

    /// <summary>When to read again after a write that was not answered, in case it took effect late.</summary>
    [Id(5)] public DateTimeOffset? RecheckAt { get; set; }

    /// <summary>
    /// Principals that Unity Catalog refused as unknown, and when. They are not tried again for an hour, or until the directory
    /// comes to list them.
    /// </summary>
    [Id(6)] public Dictionary<string, DateTimeOffset> Refused { get; set; } = [];

    /// <summary>Privileges that Unity Catalog refused as not applicable to the securable. Missing: none.</summary>
    [Id(7)] public Dictionary<string, RefusedPrivilege> RefusedPrivileges { get; set; } = [];

    /// <summary>The policy version of the last write.</summary>
    [Id(8)] public long? PolicyVersion { get; set; }

    /// <summary>When a read last showed what the last write wanted.</summary>
    [Id(9)] public DateTimeOffset? LastVerified { get; set; }

    /// <summary>
    /// When a schedule that concerns the securable begins or ends next, according to the last full run. The due store has an entry
    /// for this time, or a task was created from it. Missing: none does.
    /// </summary>
    [Id(10)] public DateTimeOffset? DueAt { get; set; }

    /// <summary>Functions of row filters and masks that were made for this table and may still exist. Missing: none.</summary>
    [Id(11)] public List<GuardFunctionState> GuardFunctions { get; set; } = [];

    /// <summary>How long the write of the open intent can take effect. Missing: <c>Workspace:WriteTimeout</c>.</summary>
    [Id(12)] public TimeSpan? IntentLasts { get; set; }

    /// <summary>Grants and revokes that Unity Catalog refused while it took others. Missing: none.</summary>
    [Id(20)] public List<RefusedPart> RefusedParts { get; set; } = [];

    /// <summary>
    /// Those of <see cref="Refused"/> that the directory listed at that time, so its listing is no reason to try them again.
    /// </summary>
    [Id(21)] public List<string> RefusedThoughListed { get; set; } = [];

    /// <summary>
    /// The id of the object that the state is about, once its name is recorded (<see cref="Core.Securables.IObjectNames"/>).
    /// Missing: it is not recorded.
    /// </summary>
    [Id(22)] public string? KnownAs { get; set; }

    /// <summary>What the last run that ended well saw of the securable's access, and the rows of the index about it. Missing: no run did.</summary>
    [Id(23)] public SeenAccess? Seen { get; set; }

    /// <summary>
    /// Whether the drift store may have a record of this name (docs/drift.md). Written before the record, cleared after it was deleted.
    /// Missing: it has none.
    /// </summary>
    [Id(24), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public bool MayHaveDrift { get; set; }

    /// <summary>
    /// Changes that the audit stream has not been given yet, as <see cref="Core.Auditing.AuditChange.ToText"/> gives them (docs/adr/0036).
    /// Missing: none.
    /// </summary>
    [Id(25), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public string? Untold { get; set; }

    /// <summary>The id of the object that the state is about; null when nothing is recorded, or the id is not known.</summary>
    internal string? Identity => KnownAs ?? Ledger.Identity;

    /// <summary>Whether the state has anything that must not be lost.</summary>
    internal bool HoldsAnything => Ledger.Entries.Count > 0 || GuardFunctions.Count > 0;

    /// <summary>Whether the state has anything that a lost storage account would lose: an export has such states only.</summary>
    internal bool MustBeKept => HoldsAnything || Refused.Count > 0 || RefusedPrivileges.Count > 0 || RefusedParts.Count > 0 || DueAt is not null || Untold is not null;

    /// <summary>The functions as the planner needs them.</summary>
    internal IReadOnlyList<MadeFunction> MadeFunctions => [.. GuardFunctions.Select(function => function.ToMade())];

    /// <summary>What is the service's own.</summary>
    internal Holdings Holdings => new(Ledger, MadeFunctions, LastWrite);

    /// <summary>Replaces the contents by those of <paramref name="other"/>. The writer stays the same.</summary>
    internal void Hold(ResourceState other)
    {
        (Ledger, GuardFunctions, KnownAs, Untold) = (other.Ledger, other.GuardFunctions, other.KnownAs, other.Untold);
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
    /// <summary>Characters of content that one securable's state may hold. Content beyond it is not recorded.</summary>
    private const int MaxContent = 128 * 1024;

    /// <summary>Full name, unquoted, in lower case.</summary>
    [Id(0)] public string FullName { get; set; } = "";

    /// <summary>The masked column; null for a row filter.</summary>
    [Id(1)] public string? Column { get; set; }

    /// <summary>The policy whose item came first.</summary>
    [Id(2)] public long? PolicyId { get; set; }

    /// <summary>Its name.</summary>
    [Id(3)] public string? PolicyName { get; set; }

    /// <summary>When Databricks last refused to drop it although no guard of the service uses it. Missing: it did not.</summary>
    [Id(4)] public DateTimeOffset? RefusedAt { get; set; }

    /// <summary>
    /// What it was made from, as <see cref="GuardContent.ToText"/> gives it: which principals it restricts, and how. Missing: not
    /// known, so it is taken to restrict everyone.
    /// </summary>
    [Id(5)] public string? Content { get; set; }

    /// <summary>
    /// <see cref="GuardTrust.FingerprintOf"/> of it as it was read right after it was made. Missing: it was read as it was sent.
    /// </summary>
    [Id(6)] public string? Told { get; set; }

    /// <summary>The states of functions, in order, with as much <see cref="Content"/> as one securable's state may hold.</summary>
    internal static List<GuardFunctionState> AllOf(IEnumerable<MadeFunction> functions)
    {
        var left = MaxContent;
        var states = functions.Select(Of).ToList();
        foreach (var state in states)
        {
            left -= state.Content?.Length ?? 0;
            state.Content = left < 0 ? null : state.Content;
        }

        return states;
    }

    private static GuardFunctionState Of(MadeFunction function) => new()
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
/// A privilege that Unity Catalog refused on a securable of this kind. It is tried again when a day has passed and policies have
/// changed: a newer Databricks may accept it, but a run without news writes nothing.
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
