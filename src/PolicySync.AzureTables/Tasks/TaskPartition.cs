using System.Globalization;
using PolicySync.Core.Tasks;

namespace PolicySync.AzureTables.Tasks;

/// <summary>
/// The partition of a finished task and of its results, each in its table: the day of the task's id, and a shard of its lanes.
/// Concurrent tasks share partitions and so transactions; retention deletes whole partitions.
/// </summary>
internal static class TaskPartition
{
    /// <summary>Partitions per day; part of the stored layout. Each takes 2,000 rows/s (Azure's published target).</summary>
    public const int ShardsPerDay = 8;

    private const string DayFormat = "yyyyMMdd";

    public static string Of(TaskId id) => Of(DateOnly.FromDateTime(id.Time.UtcDateTime), id.Lane % ShardsPerDay);

    public static string Of(DateOnly day, int shard) =>
        string.Create(CultureInfo.InvariantCulture, $"{DayOf(day)}-{shard}");

    /// <summary>The prefix of the day's partitions: eight digits.</summary>
    public static string DayOf(DateOnly day) => day.ToString(DayFormat, CultureInfo.InvariantCulture);

    /// <summary>The day of a partition.</summary>
    public static DateOnly DayOf(string partition) =>
        DateOnly.ParseExact(partition.AsSpan(0, DayFormat.Length), DayFormat, CultureInfo.InvariantCulture);
}
