using System.Security.Cryptography;

namespace PolicySync.Adapters.Policies;

/// <summary>Reads another stream up to a limit and computes the digest of what it read.</summary>
internal sealed class HashingStream(Stream inner, long maxSize) : ReadOnlyStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _length;

    /// <summary>Reads the rest and returns the digest of the whole.</summary>
    public async Task<byte[]> FinishAsync(CancellationToken cancellation)
    {
        var lot = new byte[64 * 1024];
        while (await ReadAsync(lot, cancellation) > 0)
        {
        }

        return _hash.GetHashAndReset();
    }

    public override int Read(Span<byte> buffer)
    {
        // Longer than it was a moment ago: the rest is not read, so the digest differs.
        var read = _length > maxSize ? 0 : inner.Read(buffer);
        _hash.AppendData(buffer[..read]);
        _length += read;
        return read;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = _length > maxSize ? 0 : await inner.ReadAsync(buffer, cancellationToken);
        _hash.AppendData(buffer.Span[..read]);
        _length += read;
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        _hash.Dispose();
        base.Dispose(disposing);
    }
}
