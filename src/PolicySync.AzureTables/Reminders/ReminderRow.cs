using System.Globalization;
using Azure.Data.Tables;
using Orleans.Runtime;
using PolicySync.AzureTables.Tables;

namespace PolicySync.AzureTables.Reminders;

/// <summary>
/// A reminder as a row of the official reminder table (docs/storage.md): everything is text. The partition is the
/// grain's place on the ring of hashes, so that a silo's part of the ring is a range of partitions.
/// </summary>
internal static class ReminderRow
{
    public const string GrainReference = "GrainReference";
    public const string ServiceId = "ServiceId";
    public const string DeploymentId = "DeploymentId";

    public static string PartitionOf(string serviceId, GrainId grain) => PartitionOf(serviceId, grain.GetUniformHashCode());

    /// <summary>Eight digits, so that order as text is order on the ring.</summary>
    public static string PartitionOf(string serviceId, uint hash) =>
        TableKey.Sanitise(string.Create(CultureInfo.InvariantCulture, $"{serviceId}_{hash:X8}"));

    public static string RowOf(GrainId grain, string reminderName) => TableKey.Sanitise($"{grain}-{reminderName}");

    public static TableEntity Write(string serviceId, string clusterId, ReminderEntry entry) =>
        new(PartitionOf(serviceId, entry.GrainId), RowOf(entry.GrainId, entry.ReminderName))
        {
            [GrainReference] = entry.GrainId.ToString(),
            ["ReminderName"] = entry.ReminderName,
            [ServiceId] = serviceId,
            [DeploymentId] = clusterId,
            ["StartAt"] = LogFormatter.PrintDate(entry.StartAt),
            ["Period"] = entry.Period.ToString("c", CultureInfo.InvariantCulture),
            ["GrainRefConsistentHash"] = entry.GrainId.GetUniformHashCode().ToString("X8", CultureInfo.InvariantCulture),
        };

    /// <exception cref="FormatException">The row is not one that either provider wrote.</exception>
    public static ReminderEntry Read(TableEntity row) => new()
    {
        GrainId = GrainId.TryParse(row.GetString(GrainReference), out var grain)
            ? grain
            : throw new FormatException($"`{row.GetString(GrainReference)}` is not a grain id"),
        ReminderName = row.GetString("ReminderName") ?? throw new FormatException("the reminder has no name"),
        StartAt = DateTime.SpecifyKind(LogFormatter.ParseDate(row.GetString("StartAt") ?? ""), DateTimeKind.Utc),
        Period = TimeSpan.Parse(row.GetString("Period") ?? "", CultureInfo.InvariantCulture),
        ETag = row.ETag.ToString(),
    };
}
