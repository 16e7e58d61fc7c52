using System.Text.Json;
using System.Text.Json.Serialization;
using PolicySync.Core.Drift;
using PolicySync.Core.Grants;
using PolicySync.Core.Guards;
using PolicySync.Core.Planning;
using PolicySync.Core.Principals;
using PolicySync.Core.Privileges;
using PolicySync.Core.Runs;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Auditing;

/// <summary>
/// A change that was intended and that was not reported yet. It is stored with its intent, so the run that finds it reports it
/// under the same id (docs/adr/0036). Immutable. JSON names are stored state.
/// </summary>
public sealed record AuditChange
{
    /// <summary>The task whose run intended it.</summary>
    [JsonPropertyName("task")] public required string TaskId { get; init; }

    /// <summary>The type of the securable.</summary>
    [JsonPropertyName("type")] public required SecurableType Type { get; init; }

    /// <summary>The full name of the securable at that time.</summary>
    [JsonPropertyName("name")] public required string FullName { get; init; }

    /// <summary>The id of the object; null where Unity Catalog gives none.</summary>
    [JsonPropertyName("object")] public string? Identity { get; init; }

    /// <summary>The number of the intent in the state of the securable, which only grows.</summary>
    [JsonPropertyName("seq")] public long Sequence { get; init; }

    /// <summary>The number of the change in the intent, from 0.</summary>
    [JsonPropertyName("n")] public int Number { get; init; }

    /// <summary>Names the activation that intended it; another one that reports it recovers it.</summary>
    [JsonPropertyName("by")] public string Writer { get; init; } = "";

    /// <summary>What the change does.</summary>
    [JsonPropertyName("action")] public required ChangeAction Action { get; init; }

    /// <summary>The principal, a deleted one by its id; null for row filters and masks.</summary>
    [JsonPropertyName("principal")] public string? Principal { get; init; }

    /// <summary>What the directory says that the principal is; null for row filters and masks.</summary>
    [JsonPropertyName("kind")] public PrincipalKind? PrincipalKind { get; init; }

    /// <summary>The privilege; null for row filters and masks.</summary>
    [JsonPropertyName("privilege")] public string? Privilege { get; init; }

    /// <summary>The masked column; null otherwise.</summary>
    [JsonPropertyName("column")] public string? Column { get; init; }

    /// <summary>The function of the row filter or mask before; null when there was none.</summary>
    [JsonPropertyName("before")] public string? Before { get; init; }

    /// <summary>The function of it after; null when there is none.</summary>
    [JsonPropertyName("after")] public string? After { get; init; }

    /// <summary>The policy that asks for it, or had asked for what is taken back.</summary>
    [JsonPropertyName("policy")] public long? PolicyId { get; init; }

    /// <summary>Its name.</summary>
    [JsonPropertyName("policyName")] public string? PolicyName { get; init; }

    /// <summary>The version of the policies.</summary>
    [JsonPropertyName("version")] public long PolicyVersion { get; init; }

    /// <summary>The mode of the securable, as it is configured.</summary>
    [JsonPropertyName("mode")] public string Mode { get; init; } = "";

    /// <summary>When a read lacked it for the first time; null before.</summary>
    [JsonPropertyName("missing")] public DateTimeOffset? MissingSince { get; init; }

    /// <summary>Whether it changes a grant.</summary>
    [JsonIgnore] public bool IsGrant => Action is ChangeAction.Grant or ChangeAction.Revoke;

    /// <summary>
    /// The id of its event: the task, the securable, the intent, and the change in it. All of them are stored before the change is sent,
    /// so a repeat by any process has the same id, and no other change has it.
    /// </summary>
    [JsonIgnore] public string Id => $"{TaskId}/{DriftId.KeyOf(Securable.Parse(Type, FullName))}/{Sequence}/{Number}";

    /// <summary>Whether both do the same to the same, so that one is a repeat of the other.</summary>
    public bool Repeats(AuditChange other) => (Action, Type, FullName, Identity, Privilege, Column, Before, After)
        == (other.Action, other.Type, other.FullName, other.Identity, other.Privilege, other.Column, other.Before, other.After)
        && (Principal is null ? other.Principal is null : other.Principal is not null && PrincipalKey.Of(Principal) == PrincipalKey.Of(other.Principal));

    /// <summary>The assignment of the principal in a read; null when it has none there.</summary>
    /// <param name="read">A full read of the grants.</param>
    public Assignment? AssignmentIn(IReadOnlyList<Assignment> read) => read.FirstOrDefault(IsOfPrincipal);

    /// <summary>Whether a read of grants shows it. Of a grant of ALL_PRIVILEGES the privileges that it implies count too.</summary>
    /// <param name="facts">The securable.</param>
    /// <param name="read">A full read of the grants.</param>
    public bool IsShownBy(SecurableFacts facts, IReadOnlyList<Assignment> read)
    {
        var held = read.Where(IsOfPrincipal).SelectMany(assignment => assignment.Privileges)
            .Select(privilege => Privileges.Privilege.Normalise(privilege, facts.Securable.Type)).ToHashSet(StringComparer.Ordinal);
        var isHeld = held.Contains(Privilege!)
            || (Privilege == Privileges.Privilege.AllPrivileges && Action == ChangeAction.Grant
                && PrivilegeMatrix.IsExpansionOfAll(facts.Securable.Type, facts.Kind, held));
        return isHeld == (Action == ChangeAction.Grant);
    }

    /// <summary>The changes of a part of a plan of grants.</summary>
    /// <param name="inputs">What the run read.</param>
    /// <param name="taskId">The task.</param>
    /// <param name="changes">The changes.</param>
    public static IReadOnlyList<AuditChange> Of(RunInputs inputs, string taskId, IReadOnlyList<ResourceChange> changes) =>
        [.. changes.Select(change => Of(inputs, taskId, change, null, null))];

    /// <summary>The change of a row filter or mask, with the function that it had when the plan was made and the one that it gets.</summary>
    /// <param name="inputs">What the run read.</param>
    /// <param name="taskId">The task.</param>
    /// <param name="guards">The row filter and masks that policy wants, and those in force.</param>
    /// <param name="change">The change.</param>
    public static AuditChange Of(RunInputs inputs, string taskId, TableGuards guards, ResourceChange change)
    {
        var slot = guards.Slots.Single(slot => slot.Column?.Name == change.Column);
        var sets = change.Action is ChangeAction.SetFilter or ChangeAction.SetMask;
        return Of(inputs, taskId, change, slot.Current?.Function, sets ? slot.Function?.FullName : null);
    }

    private static AuditChange Of(RunInputs inputs, string taskId, ResourceChange change, string? before, string? after) => new()
    {
        TaskId = taskId,
        Type = inputs.Securable.Type,
        FullName = inputs.Securable.FullName,
        Identity = inputs.Facts.Identity,
        Action = change.Action,
        Principal = change.Principal,
        PrincipalKind = change.Principal is { } name ? inputs.Directory.KindOf(name) : null,
        Privilege = change.Privilege,
        Column = change.Column,
        Before = before,
        After = after,
        PolicyId = change.PolicyId,
        PolicyName = change.PolicyName,
        PolicyVersion = inputs.Policies.Version,
        Mode = WireNames.Of(inputs.Mode),
    };

    /// <summary>Reads stored changes; none for null.</summary>
    public static IReadOnlyList<AuditChange> Parse(string? stored) =>
        stored is null ? [] : JsonSerializer.Deserialize(stored, AuditJson.Default.ListAuditChange) ?? [];

    /// <summary>The form in which changes are stored; null for none.</summary>
    public static string? ToText(IReadOnlyCollection<AuditChange> changes) =>
        changes.Count == 0 ? null : JsonSerializer.Serialize([.. changes], AuditJson.Default.ListAuditChange);

    // A change names a deleted principal by its id, since an assignment has no name for it.
    private bool IsOfPrincipal(Assignment assignment) => assignment.IsDeletedPrincipal
        ? assignment.PrincipalId?.ToString(System.Globalization.CultureInfo.InvariantCulture) == Principal
        : PrincipalKey.Of(assignment.Principal) == PrincipalKey.Of(Principal!);
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(List<AuditChange>))]
internal sealed partial class AuditJson : JsonSerializerContext;
