using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using PolicySync.Core.Errors;

namespace PolicySync.Adapters.Policies;

/// <summary>The files of the folder as they stood together at one time.</summary>
internal sealed record PolicyFiles(PolicyFile Policies, PolicyFile Roles, PolicyFile UserStore, PolicyFile Tags)
{
    private const int MaxTries = 5;

    /// <summary>
    /// A digest of all names and contents. Times and sizes are not trusted: a file replaced within the same second by
    /// one of the same size is another file.
    /// </summary>
    public string Stamp { get; } = Digest([Policies, Roles, UserStore, Tags]);

    /// <summary>
    /// Reads all files until two readings in a row are equal, so that no file changed while another was read.
    /// </summary>
    /// <exception cref="SyncException">The folder is not there, a file cannot be read, or they do not come to rest.</exception>
    public static async Task<PolicyFiles> ReadAsync(string folder, long maxSize, CancellationToken cancellation)
    {
        if (!Directory.Exists(folder))
        {
            throw Unavailable("the folder of PolicySync:Policies:Folder does not exist");
        }

        var before = await ReadOnceAsync(folder, maxSize, cancellation);
        for (var tries = 1; tries < MaxTries; tries++)
        {
            var after = await ReadOnceAsync(folder, maxSize, cancellation);
            if (string.Equals(before.Stamp, after.Stamp, StringComparison.Ordinal))
            {
                return after;
            }

            before = after;
        }

        throw Unavailable("the policy files keep changing while they are read");
    }

    /// <summary>The one kind of failure of this source.</summary>
    public static SyncException Unavailable(string reason, Exception? cause = null) =>
        new(SyncErrorCode.PoliciesUnavailable, reason, cause);

    private static async Task<PolicyFiles> ReadOnceAsync(string folder, long maxSize, CancellationToken cancellation) => new(
        await PolicyFile.ReadAsync(folder, "policies.json", maxSize, cancellation),
        await PolicyFile.ReadAsync(folder, "roles.json", maxSize, cancellation),
        await PolicyFile.ReadAsync(folder, "userstore.json", maxSize, cancellation),
        await PolicyFile.ReadAsync(folder, "tags.json", maxSize, cancellation));

    private static string Digest(ReadOnlySpan<PolicyFile> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(long)];
        foreach (var file in files)
        {
            // The length keeps files apart; -1 is a file that is not there, which is not an empty one.
            BinaryPrimitives.WriteInt64LittleEndian(length, file.Content?.LongLength ?? -1);
            hash.AppendData(Encoding.UTF8.GetBytes(file.Name));
            hash.AppendData(length);
            hash.AppendData(file.Content ?? []);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
