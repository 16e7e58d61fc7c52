using System.Buffers;
using PolicySync.Core.Errors;

namespace PolicySync.Adapters.Policies;

/// <summary>Reads what comes from outside, to its end or to a limit.</summary>
internal static class BoundedContent
{
    private const int Lot = 16 * 1024;

    /// <summary>All of <paramref name="stream"/>.</summary>
    /// <exception cref="SyncException">It is longer than <paramref name="maxSize"/> bytes.</exception>
    public static async Task<byte[]> ReadAsync(Stream stream, string name, long maxSize, CancellationToken cancellation)
    {
        // One byte more than there should be: the end is then seen without growing.
        var content = new ArrayBufferWriter<byte>((int)Math.Min(stream.CanSeek ? stream.Length + 1 : Lot, maxSize + 1));
        int read;
        while ((read = await stream.ReadAsync(content.GetMemory(), cancellation)) > 0)
        {
            content.Advance(read);
            if (content.WrittenCount > maxSize)
            {
                throw PolicyFiles.Unavailable($"{name} is larger than {maxSize} bytes");
            }
        }

        return content.WrittenSpan.ToArray();
    }
}
