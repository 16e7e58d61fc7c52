using PolicySync.Core.Tasks;

namespace PolicySync.Grains.Plans;

/// <summary>What a plan would do in all.</summary>
/// <param name="Securables">Securables that would be changed.</param>
/// <param name="Grants">Privileges that would be granted on them.</param>
/// <param name="Revokes">Privileges that would be revoked on them.</param>
/// <param name="FiltersSet">Row filters that would be set.</param>
/// <param name="FiltersDropped">Row filters that would be dropped.</param>
/// <param name="MasksSet">Masks that would be set.</param>
/// <param name="MasksDropped">Masks that would be dropped.</param>
/// <param name="Calls">Requests that would be sent; USE on containers of single tables is among these only.</param>
/// <param name="GainingCount">Users that gain a privilege on a securable.</param>
/// <param name="Gaining">The first of them by name, up to 100.</param>
/// <param name="LosingCount">Users that lose a privilege on a securable.</param>
/// <param name="Losing">The first of them by name, up to 100.</param>
/// <param name="Gaps">Differences between policy and Unity Catalog that would be left on these securables, counted by code and direction.</param>
/// <param name="Notes">What the counts leave out, for people; null when nothing.</param>
public sealed record PlanSummary(
    long Securables,
    long Grants,
    long Revokes,
    long FiltersSet,
    long FiltersDropped,
    long MasksSet,
    long MasksDropped,
    long Calls,
    int GainingCount,
    IReadOnlyList<PlanUser> Gaining,
    int LosingCount,
    IReadOnlyList<PlanUser> Losing,
    IReadOnlyList<PlanGapCount> Gaps,
    IReadOnlyList<string>? Notes);

/// <summary>A user whose effective access a plan changes.</summary>
/// <param name="User">The user or service principal.</param>
/// <param name="Privileges">The privileges that it gains, or loses, on some securable.</param>
/// <param name="Securables">On how many securables.</param>
public sealed record PlanUser(string User, IReadOnlyList<string> Privileges, int Securables);

/// <summary>How many gaps of a code and direction there would be.</summary>
/// <param name="Code">The code.</param>
/// <param name="Direction">The direction.</param>
/// <param name="Count">How many.</param>
public sealed record PlanGapCount(GapCode Code, GapDirection Direction, long Count);
