using System.Buffers;
using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Azure.Data.Tables;
using PolicySync.AzureTables.Tables;

namespace PolicySync.AzureTables.Tasks;

/// <summary>Stores values as Brotli-compressed JSON in chunked columns. The settings are part of the stored layout.</summary>
internal static class Packed
{
    // Speed matters more than size: tasks are packed while their POST waits. The window only has to cover repeated names.
    private const int Quality = 2;
    private const int WindowBits = 18;

    private static readonly JsonSerializerOptions Settings = new(JsonSerializerDefaults.General)
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        IgnoreReadOnlyProperties = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static byte[] Pack<T>(T value)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(value, Settings);
        var buffer = ArrayPool<byte>.Shared.Rent(BrotliEncoder.GetMaxCompressedLength(json.Length));
        try
        {
            return BrotliEncoder.TryCompress(json, buffer, out var written, Quality, WindowBits)
                ? buffer.AsSpan(0, written).ToArray()
                : throw new InvalidOperationException("the Brotli output exceeded its computed maximum length");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public static T Unpack<T>(byte[] packed)
    {
        using var brotli = new BrotliStream(new MemoryStream(packed, writable: false), CompressionMode.Decompress);
        return JsonSerializer.Deserialize<T>(brotli, Settings)
            ?? throw new InvalidDataException("a stored value is the JSON literal `null`");
    }

    /// <summary>
    /// Writes the chunks and their total size, because a merge with a shorter value leaves the last chunks of the longer one.
    /// </summary>
    public static void Write(TableEntity row, string column, byte[] packed)
    {
        Chunks.Write(row, column, packed);
        row[SizeOf(column)] = packed.Length;
    }

    public static T Read<T>(TableEntity row, string column) => Unpack<T>(ReadBytes(row, column));

    /// <summary>Reads the packed form, as <see cref="Pack"/> returned it.</summary>
    public static byte[] ReadBytes(TableEntity row, string column)
    {
        var bytes = Chunks.Read(row, column);
        var size = row.GetInt32(SizeOf(column));
        return bytes is not null && size <= bytes.Length
            ? bytes[..size.Value]
            : throw new InvalidDataException($"row `{row.RowKey}` has incomplete data in column `{column}`");
    }

    private static string SizeOf(string column) => column + "Size";
}
