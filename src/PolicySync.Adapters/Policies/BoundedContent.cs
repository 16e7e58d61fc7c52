using System.Buffers;
using PolicySync.Core.Errors;

namespace PolicySync.Adapters.Policies;

/// <summary>Reads what comes from outside, to its end or to a limit.</summary>
internal static class BoundedContent
{
    /// <summary>All of <paramref name="stream"/>.</summary>
    /// <exception cref="SyncException">It is longer than <paramref name="maxSize"/> bytes.</exception>
    public static async Task<byte[]> ReadAsync(Stream stream, string name, long maxSize, CancellationToken cancellation)
    {
        var content = new ArrayBufferWriter<byte>(initialCapacity: 64 * 1024);
        int read;
        while ((read = await stream.ReadAsync(content.GetMemory(64 * 1024), cancellation)) > 0)
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
