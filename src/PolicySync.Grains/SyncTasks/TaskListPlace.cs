using System.Buffers.Binary;
using System.Buffers.Text;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// The place where a page of tasks ended: among the open or the ended tasks, and after which one. A page token is valid for its
/// filter only, so that a token of another list is refused instead of listing the wrong tasks.
/// </summary>
internal readonly record struct TaskListPlace(bool Ended, TaskId? After)
{
    private const byte Version = 1;
    private const int Length = 11;

    /// <summary>Reads a token; without one, the place is the start of the list.</summary>
    /// <exception cref="ArgumentException">The token was not issued for this filter.</exception>
    public static TaskListPlace Read(string? token, SyncTaskStatus? status)
    {
        if (token is null)
        {
            return new TaskListPlace(status?.IsTerminal() is true, After: null);
        }

        Span<byte> bytes = stackalloc byte[Length + 1];
        return token.Length <= Base64Url.GetEncodedLength(Length)
            && Base64Url.IsValid(token, out var length) && length == Length
            && Base64Url.TryDecodeFromChars(token, bytes, out _)
            && bytes[0] == Version
            && bytes[1] == StatusByte(status)
            && bytes[2] <= 1
            && BinaryPrimitives.ReadInt64BigEndian(bytes[3..]) is >= 0 and var id
                ? new TaskListPlace(bytes[2] == 1, id == 0 ? null : new TaskId(id))
                : throw new ArgumentException("the page token was not issued for this list", nameof(token));
    }

    public string Write(SyncTaskStatus? status)
    {
        Span<byte> bytes = stackalloc byte[Length];
        bytes[0] = Version;
        bytes[1] = StatusByte(status);
        bytes[2] = Ended ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt64BigEndian(bytes[3..], After?.Value ?? 0);
        return Base64Url.EncodeToString(bytes);
    }

    private static byte StatusByte(SyncTaskStatus? status) => status is { } some ? (byte)(1 + (int)some) : (byte)0;
}
