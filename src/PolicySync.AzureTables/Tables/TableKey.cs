using System.Globalization;

namespace PolicySync.AzureTables.Tables;

/// <summary>Numbers as parts of table keys.</summary>
internal static class TableKey
{
    /// <summary>19 digits, so that the order of texts is the order of numbers.</summary>
    public static string Number(long value) => value.ToString("D19", CultureInfo.InvariantCulture);

    /// <summary>19 digits in reverse order: the greatest number sorts first.</summary>
    public static string NewestFirst(long value) => Number(long.MaxValue - value);
}
