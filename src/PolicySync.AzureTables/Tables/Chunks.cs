using Azure.Data.Tables;

namespace PolicySync.AzureTables.Tables;

/// <summary>
/// Splits bytes over binary columns <c>X</c>, <c>X1</c> .. <c>X14</c>, because a column holds 64 KiB and a row 1 MiB (Azure
/// Table service data model).
/// </summary>
internal static class Chunks
{
    public const int ColumnBytes = 64 * 1024;
    public const int MaxColumns = 15;
    public const int MaxBytes = MaxColumns * ColumnBytes;

    /// <summary>Writes <paramref name="bytes"/> to <paramref name="column"/> and its numbered followers.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than <see cref="MaxBytes"/>.</exception>
    public static void Write(TableEntity entity, string column, ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > MaxBytes)
        {
            throw new ArgumentOutOfRangeException(
                nameof(bytes), bytes.Length, $"data exceeds the {MaxBytes} bytes that a row can hold");
        }

        for (var n = 0; n * ColumnBytes < bytes.Length; n++)
        {
            var start = n * ColumnBytes;
            entity[NameOf(column, n)] = bytes.Slice(start, Math.Min(ColumnBytes, bytes.Length - start)).ToArray();
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote; null when the column is missing.</summary>
    public static byte[]? Read(TableEntity entity, string column)
    {
        if (entity.GetBinary(column) is not { } first)
        {
            return null;
        }

        if (!entity.ContainsKey(NameOf(column, 1)))
        {
            return first;
        }

        using var all = new MemoryStream(2 * ColumnBytes);
        for (var n = 0; n < MaxColumns && entity.GetBinary(NameOf(column, n)) is { } chunk; n++)
        {
            all.Write(chunk);
        }

        return all.ToArray();
    }

    private static string NameOf(string column, int n) => n == 0 ? column : $"{column}{n}";
}
