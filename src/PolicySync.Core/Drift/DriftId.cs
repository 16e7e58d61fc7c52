using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using PolicySync.Core.Securables;

namespace PolicySync.Core.Drift;

/// <summary>
/// The id of a difference: hashes of its securable and of itself, as text that needs no escape in an address. The same difference has the
/// same id whenever it is found.
/// </summary>
public static class DriftId
{
    /// <summary>Length of the text.</summary>
    public const int Length = 32;

    private const int SecurableBytes = 16;
    private const int DifferenceBytes = 8;

    /// <summary>The key of a securable's record: 32 characters, hexadecimal.</summary>
    public static string KeyOf(Securable securable) => Convert.ToHexStringLower(HashOf(securable.ToString(), SecurableBytes));

    /// <summary>The id.</summary>
    public static string Of(Securable securable, Difference difference) => Base64Url.EncodeToString(
        [.. HashOf(securable.ToString(), SecurableBytes), .. HashOf(difference.Key, DifferenceBytes)]);

    /// <summary>The key of the record that an id names; null when the text is not an id.</summary>
    public static string? RecordOf(string id)
    {
        Span<byte> bytes = stackalloc byte[SecurableBytes + DifferenceBytes];
        return id.Length == Length && Base64Url.IsValid(id, out var length) && length == bytes.Length && Base64Url.TryDecodeFromChars(id, bytes, out _)
            ? Convert.ToHexStringLower(bytes[..SecurableBytes])
            : null;
    }

    private static byte[] HashOf(string text, int bytes) => SHA256.HashData(Encoding.UTF8.GetBytes(text))[..bytes];
}
