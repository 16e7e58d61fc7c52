using System.Globalization;
using Azure;
using Azure.Data.Tables;
using Orleans.Runtime;

namespace PolicySync.AzureTables.Clustering;

/// <summary>
/// The rows of a cluster's partition that are not silos. The version row holds the table's version and, by its ETag,
/// lets one writer win. The two fences stand before and behind all other rows and get the new version in each
/// transaction: a read of several pages that finds both alike was not crossed by a write.
/// </summary>
internal static class VersionRows
{
    public const string VersionKey = "VersionRow";
    public const string FirstKey = "!Start";
    public const string LastKey = "~End";

    private const string Version = "MembershipVersion";

    public static bool IsSilo(TableEntity row) => row.RowKey is not (VersionKey or FirstKey or LastKey);

    public static TableEntity Write(string clusterId, int version) => new(clusterId, VersionKey)
    {
        ["DeploymentId"] = clusterId,
        [Version] = Text(version),
    };

    /// <summary>What each transaction that changes the version does to the fences.</summary>
    public static IEnumerable<TableTransactionAction> Fence(string clusterId, int version)
    {
        foreach (var key in new[] { FirstKey, LastKey })
        {
            yield return new TableTransactionAction(TableTransactionActionType.UpsertReplace, new TableEntity(clusterId, key)
            {
                [Version] = Text(version),

                // Readers that do not know fences would take anything else for a silo that can be cleaned away.
                [SiloRow.Status] = nameof(SiloStatus.Active),
            });
        }
    }

    /// <summary>The table's version; null when there is no version row.</summary>
    public static TableVersion? Read(IEnumerable<TableEntity> rows) =>
        rows.FirstOrDefault(static row => row.RowKey == VersionKey) is { } row
            ? new TableVersion(int.Parse(VersionOf(row)!, NumberStyles.None, CultureInfo.InvariantCulture), row.ETag.ToString())
            : null;

    /// <summary>False when a write fell between the pages of <paramref name="rows"/>. Older tables have no fences.</summary>
    public static bool FencesAgree(IReadOnlyList<TableEntity> rows) =>
        VersionOf(rows.FirstOrDefault(static row => row.RowKey == FirstKey)) ==
        VersionOf(rows.FirstOrDefault(static row => row.RowKey == LastKey));

    private static string? VersionOf(TableEntity? row) => row?.GetString(Version);

    private static string Text(int version) => version.ToString(CultureInfo.InvariantCulture);
}
