using System.Buffers.Binary;
using PolicySync.Core.Tasks;

namespace PolicySync.AzureTables.Tasks;

/// <summary>The position where a page of results ended: task and last ordinal. A token is valid for that task and filter only.</summary>
internal static class PageToken
{
    private const int Length = 16;

    public static string Write(TaskId id, ResultFilter filter, long ordinal)
    {
        Span<byte> place = stackalloc byte[Length];
        BinaryPrimitives.WriteInt64BigEndian(place, id.Value);
        BinaryPrimitives.WriteInt64BigEndian(place[8..], ordinal);
        return ListToken.Write((int?)filter.Status, TextOf(filter), place);
    }

    /// <summary>Reads the ordinal to continue after; -1 without a token.</summary>
    /// <exception cref="ArgumentException">The token was not issued for this task and filter.</exception>
    public static long Read(string? token, TaskId id, ResultFilter filter)
    {
        if (token is null)
        {
            return -1;
        }

        Span<byte> place = stackalloc byte[Length];
        return ListToken.TryRead(token, (int?)filter.Status, TextOf(filter), place)
            && BinaryPrimitives.ReadInt64BigEndian(place) == id.Value
            && BinaryPrimitives.ReadInt64BigEndian(place[8..]) is >= 0 and var ordinal
                ? ordinal
                : throw new ArgumentException("the page token was not issued for this list", nameof(token));
    }

    private static string? TextOf(ResultFilter filter) => filter.IsStatusOnly ? null : filter.ToString();
}
