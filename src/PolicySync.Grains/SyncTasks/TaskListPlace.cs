using System.Buffers.Binary;
using System.Runtime.InteropServices;
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
/// The place where a page of tasks ended: in which part of the list, and after which task.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TaskListPlace(TaskListPart Part, TaskId? After)
{
    private const int Length = 9;

    /// <summary>Reads a token; without one, the place is the start of the list.</summary>
    /// <exception cref="ArgumentException">The token was not issued for this filter.</exception>
    public static TaskListPlace Read(string? token, TaskFilter filter)
    {
        if (token is null)
        {
            return new TaskListPlace(filter.IsOfEnded ? TaskListPart.Ended : TaskListPart.OpenNewestFirst, After: null);
        }

        Span<byte> place = stackalloc byte[Length];
        return ListToken.TryRead(token, (int?)filter.Status, TextOf(filter), place)
            && Enum.IsDefined((TaskListPart)place[0])
            && BinaryPrimitives.ReadInt64BigEndian(place[1..]) is >= 0 and var id
                ? new TaskListPlace((TaskListPart)place[0], id == 0 ? null : new TaskId(id))
                : throw new ArgumentException("the page token was not issued for this list", nameof(token));
    }

    public string Write(TaskFilter filter)
    {
        Span<byte> place = stackalloc byte[Length];
        place[0] = (byte)Part;
        BinaryPrimitives.WriteInt64BigEndian(place[1..], After?.Value ?? 0);
        return ListToken.Write((int?)filter.Status, TextOf(filter), place);
    }

    private static string? TextOf(TaskFilter filter) => filter.IsStatusOnly ? null : filter.ToString();
}
