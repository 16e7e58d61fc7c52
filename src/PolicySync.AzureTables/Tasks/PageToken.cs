using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using PolicySync.Core.Tasks;

namespace PolicySync.AzureTables.Tasks;

/// <summary>
/// The position where a page of results ended: task, filter and last ordinal. A token is valid for that task and filter only, so
/// that one of another list is refused instead of returning wrong rows.
/// </summary>
internal static class PageToken
{
    // Tokens of a status only are those of earlier builds, so that a list can be continued during an upgrade.
    private const byte OfStatus = 1;
    private const byte OfFilter = 2;
    private const int FilterBytes = 4;
    private const int Length = 18;

    public static string Write(TaskId id, ResultFilter filter, long ordinal)
    {
        Span<byte> bytes = stackalloc byte[Length + FilterBytes];
        var length = WriteFilter(bytes, filter);
        BinaryPrimitives.WriteInt64BigEndian(bytes[2..], id.Value);
        BinaryPrimitives.WriteInt64BigEndian(bytes[10..], ordinal);
        return Base64Url.EncodeToString(bytes[..length]);
    }

    /// <summary>Reads the ordinal to continue after; -1 without a token.</summary>
    /// <exception cref="ArgumentException">The token was not issued for this task and filter.</exception>
    public static long Read(string? token, TaskId id, ResultFilter filter)
    {
        if (token is null)
        {
            return -1;
        }

        Span<byte> bytes = stackalloc byte[Length + FilterBytes + 1];
        Span<byte> wanted = stackalloc byte[Length + FilterBytes];
        var expected = WriteFilter(wanted, filter);
        return token.Length <= Base64Url.GetEncodedLength(expected)
            && Base64Url.IsValid(token, out var length) && length == expected
            && Base64Url.TryDecodeFromChars(token, bytes, out _)
            && bytes[..2].SequenceEqual(wanted[..2]) && bytes[Length..expected].SequenceEqual(wanted[Length..expected])
            && BinaryPrimitives.ReadInt64BigEndian(bytes[2..]) == id.Value
            && BinaryPrimitives.ReadInt64BigEndian(bytes[10..]) is >= 0 and var ordinal
                ? ordinal
                : throw new ArgumentException("the page token was not issued for this list", nameof(token));
    }

    private static int WriteFilter(Span<byte> bytes, ResultFilter filter)
    {
        bytes[0] = filter.IsStatusOnly ? OfStatus : OfFilter;
        bytes[1] = filter.Status is { } some ? (byte)(1 + (int)some) : (byte)0;
        if (filter.IsStatusOnly)
        {
            return Length;
        }

        SHA256.HashData(Encoding.UTF8.GetBytes(filter.ToString())).AsSpan(0, FilterBytes).CopyTo(bytes[Length..]);
        return Length + FilterBytes;
    }
}
