using System.Security.Cryptography;
using System.Text;
using PolicySync.Core.Securables;

namespace PolicySync.Grains.Resources;

/// <summary>
/// The key of a securable's grain: <c>{instance}:{path type}:{full name}</c>. The grain directory does not encode keys, and
/// table storage replaces several characters by one (<c>/ \ # ?</c> all become <c>_</c>), so two names could share a row.
/// Here every byte outside <c>a-z 0-9 . _ -</c> is written <c>~XX</c>, which is reversible.
/// </summary>
public static class ResourceKey
{
    // Azure Table keys have at most 1 KiB of UTF-16, which is 512 characters, and the storage provider puts names before ours.
    // Names of 3 x 255 characters are longer; their tail is replaced by a hash of the whole.
    private const int MaxEncodedName = 200;

    /// <summary>The key of <paramref name="securable"/>.</summary>
    public static string Of(string instance, Securable securable) =>
        $"{Encode(instance)}:{securable.Type.PathType()}:{Encode(securable.FullName)}";

    private static string Encode(string name)
    {
        var encoded = new StringBuilder(name.Length);
        foreach (var b in Encoding.UTF8.GetBytes(name))
        {
            if (b is (>= (byte)'a' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9') or (byte)'.' or (byte)'_' or (byte)'-')
            {
                encoded.Append((char)b);
            }
            else
            {
                encoded.Append('~').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        return encoded.Length <= MaxEncodedName
            ? encoded.ToString()
            : $"{encoded.ToString(0, MaxEncodedName - 65)}~{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))}";
    }
}
