using System.Security.Cryptography;
using System.Text;

namespace PolicySync.Core.Tasks;

/// <summary>
/// A set of changes as hashes of 8 bytes each, in order, in base64. Equal sets have equal texts, and a set tells whether it has all
/// changes of another one. The empty text is the empty set; null is a set that is too large to be kept.
/// </summary>
public static class ChangeDigest
{
    /// <summary>Most changes of a set.</summary>
    public const int MaxChanges = 30_000;

    private const int Size = 8;

    /// <summary>The set of changes that are named by <paramref name="texts"/>.</summary>
    public static string? Of(IEnumerable<string> texts) => Write(texts.Select(static text => Number(SHA256.HashData(Encoding.UTF8.GetBytes(text)))));

    /// <summary>The changes that are in one of the sets.</summary>
    public static string? Union(string? one, string? other) =>
        one is null || other is null ? null : other.Length == 0 ? one : one.Length == 0 ? other : Write(Read(one).Concat(Read(other)));

    /// <summary>Whether all changes of <paramref name="part"/> are in <paramref name="whole"/>.</summary>
    public static bool Covers(string whole, string? part) => part is not null && (part.Length == 0 || Read(part).All(Read(whole).ToHashSet().Contains));

    private static string? Write(IEnumerable<ulong> numbers)
    {
        var sorted = new SortedSet<ulong>(numbers);
        return sorted.Count > MaxChanges ? null : Convert.ToBase64String([.. sorted.SelectMany(BitConverter.GetBytes)]);
    }

    private static IEnumerable<ulong> Read(string text) => Convert.FromBase64String(text).Chunk(Size).Select(static bytes => Number(bytes));

    private static ulong Number(ReadOnlySpan<byte> bytes) => BitConverter.ToUInt64(bytes[..Size]);
}
