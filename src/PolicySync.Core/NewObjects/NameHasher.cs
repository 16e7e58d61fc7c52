using System.Security.Cryptography;
using System.Text;
using PolicySync.Core.Securables;

namespace PolicySync.Core.NewObjects;

/// <summary>
/// Hashes names to 64 bits. Among a million names, a new one has the hash of another with a probability of 1 in 18,000,000,000,000. The key
/// keeps people who choose names from making two with one hash. Safe for concurrent use.
/// </summary>
/// <param name="key">Chosen at random; the hashes of one memory are of one key.</param>
public sealed class NameHasher(Guid key)
{
    private const int KeyLength = 16;

    /// <summary>The hash of a name, as Unity Catalog compares names: without case.</summary>
    public ulong Of(string name) => Hash(UnityName.Lower(name));

    /// <summary>A short hash of a text; never 0, which means that the text is not known.</summary>
    public uint Short(string text) => Math.Max(1, (uint)Hash(text));

    private ulong Hash(string text)
    {
        var size = KeyLength + Encoding.UTF8.GetMaxByteCount(text.Length);
        var bytes = size <= 1_024 ? stackalloc byte[size] : new byte[size];
        key.TryWriteBytes(bytes);
        var length = KeyLength + Encoding.UTF8.GetBytes(text, bytes[KeyLength..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..length], hash);
        return BitConverter.ToUInt64(hash);
    }
}
