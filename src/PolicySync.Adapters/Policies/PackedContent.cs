using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;

namespace PolicySync.Adapters.Policies;

/// <summary>
/// A document that was read to its end, packed: one of Ranger's takes about a tenth of its size so. It is held to be read
/// again, since whoever compiles a download uses its objects up.
/// </summary>
internal sealed class PackedContent
{
    private const int Lot = 64 * 1024;

    private readonly byte[] _packed;

    private PackedContent(byte[] packed, long length, byte[] digest) => (_packed, Length, Digest) = (packed, length, digest);

    /// <summary>Bytes of the document.</summary>
    public long Length { get; }

    /// <summary>Bytes that it takes.</summary>
    public int Held => _packed.Length;

    /// <summary>Tells contents apart, whatever their versions say.</summary>
    public byte[] Digest { get; }

    /// <summary>Reads <paramref name="stream"/> to its end.</summary>
    /// <exception cref="Core.Errors.SyncException">It is longer than <paramref name="maxSize"/> bytes.</exception>
    public static async Task<PackedContent> ReadAsync(Stream stream, string name, long maxSize, CancellationToken cancellation)
    {
        using var packed = new MemoryStream();
        var (length, digest) = (0L, Array.Empty<byte>());
        await using (var packing = new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            (length, digest) = await DigestAsync(stream, name, maxSize, packing, cancellation);
        }

        return new PackedContent(packed.ToArray(), length, digest);
    }

    /// <summary>The length and digest of <paramref name="stream"/>, which is copied to <paramref name="copy"/> where there is one.</summary>
    /// <exception cref="Core.Errors.SyncException">It is longer than <paramref name="maxSize"/> bytes.</exception>
    public static async Task<(long Length, byte[] Digest)> DigestAsync(
        Stream stream, string name, long maxSize, Stream? copy, CancellationToken cancellation)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var lot = ArrayPool<byte>.Shared.Rent(Lot);
        try
        {
            var length = 0L;
            int read;
            while ((read = await stream.ReadAsync(lot, cancellation)) > 0)
            {
                length += read;
                if (length > maxSize)
                {
                    throw PolicyFiles.Unavailable($"{name} is larger than {maxSize} bytes");
                }

                digest.AppendData(lot.AsSpan(0, read));
                if (copy is not null)
                {
                    await copy.WriteAsync(lot.AsMemory(0, read), cancellation);
                }
            }

            return (length, digest.GetHashAndReset());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(lot);
        }
    }

    /// <summary>The document, from its beginning.</summary>
    public Stream Open() => new BrotliStream(new MemoryStream(_packed, writable: false), CompressionMode.Decompress);

    /// <summary>The document as a whole, for those that keep it.</summary>
    public byte[] Unpack()
    {
        var content = new byte[Length];
        using var stream = Open();
        stream.ReadExactly(content);
        return content;
    }
}
