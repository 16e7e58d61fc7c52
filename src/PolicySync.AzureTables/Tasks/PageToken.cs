using System.Buffers.Binary;
using System.Buffers.Text;
using PolicySync.Core.Tasks;

namespace PolicySync.AzureTables.Tasks;

/// <summary>
/// The position where a page of results ended: task, filter and last ordinal. A token is valid for that task and filter only, so
/// that one of another list is refused instead of returning wrong rows.
/// </summary>
internal static class PageToken
{
    private const byte Version = 1;
    private const int Length = 18;

    public static string Write(TaskId id, ResourceStatus? status, long ordinal)
    {
        Span<byte> bytes = stackalloc byte[Length];
        bytes[0] = Version;
        bytes[1] = StatusByte(status);
        BinaryPrimitives.WriteInt64BigEndian(bytes[2..], id.Value);
        BinaryPrimitives.WriteInt64BigEndian(bytes[10..], ordinal);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads the ordinal to continue after; -1 without a token.</summary>
    /// <exception cref="ArgumentException">The token was not issued for this task and filter.</exception>
    public static long Read(string? token, TaskId id, ResourceStatus? status)
    {
        if (token is null)
        {
            return -1;
        }

        Span<byte> bytes = stackalloc byte[Length + 1];
        return token.Length <= Base64Url.GetEncodedLength(Length)
            && Base64Url.IsValid(token, out var length) && length == Length
            && Base64Url.TryDecodeFromChars(token, bytes, out _)
            && bytes[0] == Version
            && bytes[1] == StatusByte(status)
            && BinaryPrimitives.ReadInt64BigEndian(bytes[2..]) == id.Value
            && BinaryPrimitives.ReadInt64BigEndian(bytes[10..]) is >= 0 and var ordinal
                ? ordinal
                : throw new ArgumentException("the page token was not issued for this list", nameof(token));
    }

    private static byte StatusByte(ResourceStatus? status) => status is { } some ? (byte)(1 + (int)some) : (byte)0;
}
