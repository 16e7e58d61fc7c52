using System.Buffers.Binary;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.SyncTasks;

/// <summary>The part of a list of tasks that a page is from.</summary>
internal enum TaskListPart : byte
{
    /// <summary>Open tasks, by lane and age: where too many are open to be sorted.</summary>
    OpenByLane,

    /// <summary>Ended tasks, newest first.</summary>
    Ended,

    /// <summary>Open tasks, newest first.</summary>
    OpenNewestFirst,
}

/// <summary>
/// The place where a page of tasks ended: in which part of the list, and after which task. A page token is valid for its filter only,
/// so that a token of another list is refused instead of listing the wrong tasks.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TaskListPlace(TaskListPart Part, TaskId? After)
{
    // Tokens of a status only are those of earlier builds, so that a list can be continued during an upgrade.
    private const byte OfStatus = 1;
    private const byte OfFilter = 2;
    private const int FilterBytes = 4;
    private const int Length = 11;

    /// <summary>Reads a token; without one, the place is the start of the list.</summary>
    /// <exception cref="ArgumentException">The token was not issued for this filter.</exception>
    public static TaskListPlace Read(string? token, TaskFilter filter)
    {
        if (token is null)
        {
            return new TaskListPlace(filter.IsOfEnded ? TaskListPart.Ended : TaskListPart.OpenNewestFirst, After: null);
        }

        Span<byte> bytes = stackalloc byte[Length + FilterBytes + 1];
        Span<byte> wanted = stackalloc byte[Length + FilterBytes];
        var expected = WriteFilter(wanted, filter);
        return token.Length <= Base64Url.GetEncodedLength(expected)
            && Base64Url.IsValid(token, out var length) && length == expected
            && Base64Url.TryDecodeFromChars(token, bytes, out _)
            && bytes[..2].SequenceEqual(wanted[..2]) && bytes[Length..expected].SequenceEqual(wanted[Length..expected])
            && Enum.IsDefined((TaskListPart)bytes[2])
            && BinaryPrimitives.ReadInt64BigEndian(bytes[3..]) is >= 0 and var id
                ? new TaskListPlace((TaskListPart)bytes[2], id == 0 ? null : new TaskId(id))
                : throw new ArgumentException("the page token was not issued for this list", nameof(token));
    }

    public string Write(TaskFilter filter)
    {
        Span<byte> bytes = stackalloc byte[Length + FilterBytes];
        var length = WriteFilter(bytes, filter);
        bytes[2] = (byte)Part;
        BinaryPrimitives.WriteInt64BigEndian(bytes[3..], After?.Value ?? 0);
        return Base64Url.EncodeToString(bytes[..length]);
    }

    private static int WriteFilter(Span<byte> bytes, TaskFilter filter)
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
