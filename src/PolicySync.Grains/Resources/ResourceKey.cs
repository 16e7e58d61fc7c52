using System.Globalization;
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
    private const int HashLength = 64;

    /// <summary>The key of <paramref name="securable"/>.</summary>
    public static string Of(string instance, Securable securable) =>
        $"{PrefixOf(instance)}{securable.Type.PathType()}:{Encode(securable.FullName)}";

    /// <summary>What the keys of an instance begin with.</summary>
    public static string PrefixOf(string instance) => $"{Encode(instance)}:";

    /// <summary>
    /// The securable of a key, by the type that keys of its kind share. Null when the key has a hash in place of the name, or is of another
    /// instance.
    /// </summary>
    public static Securable? SecurableOf(string instance, string key)
    {
        if (!key.StartsWith(PrefixOf(instance), StringComparison.Ordinal) || key.Split(':') is not [.., var encoded]
            || IsShortened(encoded) || Decode(encoded) is not { } name)
        {
            return null;
        }

        foreach (var type in TypesOf(key))
        {
            try
            {
                return Securable.Parse(type, name) is var securable && Of(instance, securable) == key ? securable : null;
            }
            catch (ArgumentException)
            {
                return null; // a name of another depth, which this service never wrote
            }
        }

        return null;
    }

    /// <summary>The type that a key may be of; none when only a newer version knows it. States of models are stored as those of functions.</summary>
    public static IEnumerable<SecurableType> TypesOf(string key) => key.Split(':') is [_, var path, _]
        ? Enum.GetValues<SecurableType>().Where(type => type.PathType() == path && type != SecurableType.Model) : [];

    private static bool IsShortened(string encoded) => encoded.Length == MaxEncodedName && encoded[^(HashLength + 1)] == '~'
        && encoded[^HashLength..].All(c => c is (>= '0' and <= '9') or (>= 'a' and <= 'f'));

    private static string? Decode(string encoded)
    {
        var bytes = new List<byte>(encoded.Length);
        for (var i = 0; i < encoded.Length; i++)
        {
            if (encoded[i] != '~')
            {
                bytes.Add((byte)encoded[i]);
            }
            else if (i + 2 < encoded.Length && byte.TryParse(encoded.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var b))
            {
                bytes.Add(b);
                i += 2;
            }
            else
            {
                return null;
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

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
                encoded.Append('~').Append(b.ToString("X2", CultureInfo.InvariantCulture));
            }
        }

        return encoded.Length <= MaxEncodedName
            ? encoded.ToString()
            : $"{encoded.ToString(0, MaxEncodedName - HashLength - 1)}~{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))}";
    }
}
