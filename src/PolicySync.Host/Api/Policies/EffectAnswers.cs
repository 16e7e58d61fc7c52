using PolicySync.Core.Reports.Index;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Host.Api.Policies;

/// <summary>Where a policy acts, and what it could not do, as the last syncs recorded it: a page of securables.</summary>
/// <param name="PolicyId">The id of the policy. It may have been deleted since.</param>
/// <param name="Effects">The securables, by name.</param>
/// <param name="NextPageToken">The `pageToken` of the next page; null on the last page.</param>
internal sealed record PolicyEffectsPage(long PolicyId, IReadOnlyList<PolicyEffect> Effects, string? NextPageToken);

/// <summary>What a policy does on one securable.</summary>
/// <param name="Type">The type of the securable.</param>
/// <param name="FullName">The full name of the securable.</param>
/// <param name="Grants">The first 100 grants that it asked for.</param>
/// <param name="GrantCount">The number of such grants.</param>
/// <param name="RowFilter">True when the row filter of the service is that of the policy; null otherwise.</param>
/// <param name="MaskedColumns">Columns whose mask of the service is that of the policy.</param>
/// <param name="Gaps">The first 100 differences between the policy and Unity Catalog.</param>
/// <param name="GapCount">The number of such differences.</param>
internal sealed record PolicyEffect(
    string Type, string FullName, IReadOnlyList<PolicyGrant> Grants, int GrantCount, bool? RowFilter, IReadOnlyList<string> MaskedColumns,
    IReadOnlyList<IndexedGap> Gaps, int GapCount)
{
    public static PolicyEffect Of(Securable securable, string? effects, string? gaps)
    {
        var did = effects is null ? new IndexedPolicy() : IndexedSecurable.Read<IndexedPolicy>(effects);
        var left = gaps is null ? new IndexedGaps() : IndexedSecurable.Read<IndexedGaps>(gaps);
        return new PolicyEffect(
            ResourceResult.TypeOf(securable), securable.FullName, did.Grants, did.GrantCount, did.Filters ? true : null, did.MaskedColumns, left.Gaps, left.GapCount);
    }
}
