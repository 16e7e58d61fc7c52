using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using PolicySync.Core.Suspensions;
using PolicySync.Core.Tasks;

namespace PolicySync.Host.Api.Suspensions;

/// <summary>A page token of the list of suspensions: when the last one of the page was set, and the beginning of its pattern's hash.</summary>
internal static class SuspensionToken
{
    private const int Length = 2 * sizeof(long);
    private const string Filter = "suspensions";

    /// <summary>The order of the list: the one that was set last first.</summary>
    public static IReadOnlyList<Suspension> InOrder(IEnumerable<Suspension> suspensions) => [.. suspensions.OrderBy(PlaceOf)];

    /// <summary>Writes the token of the page that follows <paramref name="last"/>.</summary>
    public static string Write(Suspension last)
    {
        Span<byte> bytes = stackalloc byte[Length];
        var (newest, hash) = PlaceOf(last);
        BinaryPrimitives.WriteInt64BigEndian(bytes, newest);
        BinaryPrimitives.WriteInt64BigEndian(bytes[sizeof(long)..], hash);
        return ListToken.Write(status: null, Filter, bytes);
    }

    /// <summary>Whether a suspension comes after the page before; null when the token was not issued for this list.</summary>
    public static Func<Suspension, bool>? Read(string? token)
    {
        if (token is null)
        {
            return static _ => true;
        }

        Span<byte> bytes = stackalloc byte[Length];
        if (!ListToken.TryRead(token, status: null, Filter, bytes))
        {
            return null;
        }

        var last = (BinaryPrimitives.ReadInt64BigEndian(bytes), BinaryPrimitives.ReadInt64BigEndian(bytes[sizeof(long)..]));
        return suspension => PlaceOf(suspension).CompareTo(last) > 0;
    }

    private static (long Newest, long Hash) PlaceOf(Suspension suspension) => (
        -suspension.CreateTime.UtcTicks, BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(suspension.Pattern.Key))));
}
