using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;

namespace PolicySync.Adapters.Policies;

/// <summary>
/// A complete document, compressed: Ranger's documents shrink to about a tenth. It is kept to be parsed again, because
/// compiling a download consumes its objects.
/// </summary>
internal sealed class PackedContent
{
    private const int Lot = 64 * 1024;

    private readonly byte[] _packed;

    private PackedContent(byte[] packed, long length, byte[] digest) => (_packed, Length, Digest) = (packed, length, digest);

    /// <summary>Size of the document, in bytes.</summary>
    public long Length { get; }

    /// <summary>Compressed size, in bytes.</summary>
    public int Held => _packed.Length;

    /// <summary>Identifies the content, whatever its version is.</summary>
    public byte[] Digest { get; }

    /// <summary>Reads <paramref name="stream"/> to its end.</summary>
    /// <exception cref="Core.Errors.SyncException">The document is longer than <paramref name="maxSize"/> bytes.</exception>
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

    /// <summary>Computes length and digest of <paramref name="stream"/>, and copies it to <paramref name="copy"/> unless that is null.</summary>
    /// <exception cref="Core.Errors.SyncException">The document is longer than <paramref name="maxSize"/> bytes.</exception>
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

    /// <summary>The whole document.</summary>
    public byte[] Unpack()
    {
        var content = new byte[Length];
        using var stream = Open();
        stream.ReadExactly(content);
        return content;
    }
}
