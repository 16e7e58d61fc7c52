using System.Text.Json.Serialization;
using PolicySync.Core.Principals;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Explaining;

/// <summary>Why a principal has, or does not have, a privilege on a securable. Immutable.</summary>
/// <param name="Principal">The principal.</param>
/// <param name="Privilege">The privilege, in upper case.</param>
/// <param name="Securable">The securable.</param>
/// <param name="Time">The time for which schedules were evaluated, UTC.</param>
/// <param name="PolicyVersion">The version of the policies that was used.</param>
/// <param name="Summary">The answer in one sentence, for people.</param>
/// <param name="Policy">What the policies decide, and how.</param>
public sealed record Explanation(
    ExplainedPrincipal Principal,
    string Privilege,
    ExplainedSecurable Securable,
    DateTime Time,
    long PolicyVersion,
    string Summary,
    ExplainedPolicy Policy)
{
    /// <summary>What Unity Catalog gives, and by which paths.</summary>
    public ExplainedAccess? UnityCatalog { get; init; }

    /// <summary>
    /// <c>EXPOSED</c>: Unity Catalog gives it and policy does not. <c>WITHHELD</c>: policy gives it and Unity Catalog does not. Null when
    /// they agree.
    /// </summary>
    public GapDirection? Difference { get; init; }

    /// <summary>What a sync would change of it, up to 100.</summary>
    public IReadOnlyList<ResourceChange> Changes { get; init; } = [];

    /// <summary>Row filter and column masks that policy wants for the principal; only for SELECT on a table.</summary>
    public IReadOnlyList<ExplainedGuard> Guards { get; init; } = [];

    /// <summary>Differences between policy and Unity Catalog that concern the principal and the privilege, up to 100.</summary>
    public IReadOnlyList<Gap> Gaps { get; init; } = [];

    /// <summary>What else a reader has to know, for people.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>The principal of an explanation.</summary>
/// <param name="Name">The name as the directory has it; the name of the question when it does not list it.</param>
/// <param name="Kind">What it is.</param>
public sealed record ExplainedPrincipal(string Name, PrincipalKind Kind);

/// <summary>The securable of an explanation.</summary>
/// <param name="Type">The type.</param>
/// <param name="FullName">The full name, in lower case.</param>
/// <param name="Kind">What exactly it is, for example <c>MANAGED</c> or <c>VIEW</c>.</param>
/// <param name="Owner">The owner; null when Unity Catalog does not say.</param>
public sealed record ExplainedSecurable(string Type, string FullName, string Kind, string? Owner);

/// <summary>A row filter or column mask that policy wants for the principal.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Column">The column; null for a row filter.</param>
/// <param name="PolicyId">The policy; null when none is known.</param>
/// <param name="PolicyName">The name of the policy.</param>
/// <param name="Shows">The condition on a row, or the value in place of the column's, as SQL; null for a denied column.</param>
/// <param name="InForce">Whether the function that policy wants is in force on the table.</param>
/// <param name="Function">The full name of that function; null when none can be set.</param>
public sealed record ExplainedGuard(
    ExplainedGuardKind Kind, string? Column, long? PolicyId, string? PolicyName, string? Shows, bool InForce, string? Function);

/// <summary>What a guard does.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ExplainedGuardKind>))]
public enum ExplainedGuardKind
{
    /// <summary>A row filter: the principal sees some rows.</summary>
    [JsonStringEnumMemberName("ROW_FILTER")] RowFilter,

    /// <summary>A column mask: the principal sees another value.</summary>
    [JsonStringEnumMemberName("COLUMN_MASK")] ColumnMask,

    /// <summary>A column mask that hides a column which policy denies to the principal.</summary>
    [JsonStringEnumMemberName("DENIED_COLUMN")] DeniedColumn,
}
