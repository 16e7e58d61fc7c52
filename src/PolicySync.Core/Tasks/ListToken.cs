using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace PolicySync.Core.Tasks;

/// <summary>
/// The form of page tokens: a place in a list, bound to the filter of that list, so that a token of another list is refused instead of
/// continuing the wrong one. Bytes: version, status, place, and for a filter by more than a status the beginning of its hash.
/// </summary>
public static class ListToken
{
    // Tokens of a status only are those of earlier builds, so that a list can be continued during an upgrade.
    private const byte OfStatus = 1;
    private const byte OfFilter = 2;
    private const int Head = 2;
    private const int FilterBytes = 4;

    /// <summary>Writes a token.</summary>
    /// <param name="status">The number of the status that is asked for, in an enumeration whose order is kept; null for all.</param>
    /// <param name="filter">A text that is equal for equal filters only; null for a filter by nothing but a status.</param>
    /// <param name="place">The place; of one length in each list.</param>
    public static string Write(int? status, string? filter, ReadOnlySpan<byte> place) => Base64Url.EncodeToString([.. HeadOf(status, filter), .. place, .. HashOf(filter)]);

    /// <summary>Reads the place from a token. False when the token was not issued for the filter.</summary>
    /// <param name="token">The token, as a caller sent it.</param>
    /// <param name="status">As it was written.</param>
    /// <param name="filter">As it was written.</param>
    /// <param name="place">Receives the place; as long as a place of the list.</param>
    public static bool TryRead(string token, int? status, string? filter, Span<byte> place)
    {
        var (head, hash) = (HeadOf(status, filter), HashOf(filter));
        var expected = head.Length + place.Length + hash.Length;
        if (token.Length > Base64Url.GetEncodedLength(expected) || !Base64Url.IsValid(token, out var length) || length != expected)
        {
            return false;
        }

        var bytes = new byte[expected + 1];
        if (!Base64Url.TryDecodeFromChars(token, bytes, out _)
            || !bytes.AsSpan(0, Head).SequenceEqual(head) || !bytes.AsSpan(Head + place.Length, hash.Length).SequenceEqual(hash))
        {
            return false;
        }

        bytes.AsSpan(Head, place.Length).CopyTo(place);
        return true;
    }

    /// <summary>Writes a token for a place that is a text.</summary>
    /// <param name="filter">A text that is equal for equal lists and filters only.</param>
    /// <param name="place">The place.</param>
    public static string Write(string filter, string place) => Write(status: null, filter, Encoding.UTF8.GetBytes(place));

    /// <summary>Reads the place from a token for a text; null when the token was not issued for the filter.</summary>
    /// <param name="token">The token, as a caller sent it.</param>
    /// <param name="filter">As it was written.</param>
    public static string? Read(string token, string filter)
    {
        var length = Base64Url.IsValid(token, out var bytes) ? bytes - Head - FilterBytes : -1;
        var place = new byte[Math.Max(0, length)];
        return length >= 0 && TryRead(token, status: null, filter, place) ? Encoding.UTF8.GetString(place) : null;
    }

    private static byte[] HeadOf(int? status, string? filter) =>
        [filter is null ? OfStatus : OfFilter, status is { } some ? (byte)(1 + some) : (byte)0];

    private static byte[] HashOf(string? filter) => filter is null ? [] : SHA256.HashData(Encoding.UTF8.GetBytes(filter))[..FilterBytes];
}
