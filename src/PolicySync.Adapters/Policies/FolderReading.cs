using PolicySync.Core.Errors;
using PolicySync.Core.Policies;
using PolicySync.Ranger.Json;
using PolicySync.Ranger.Model;

namespace PolicySync.Adapters.Policies;

/// <summary>
/// A consistent set of the folder's files, by their digests. Their content is parsed in a second pass, piece by piece, and
/// used only if the digests are still the same.
/// </summary>
internal sealed class FolderReading(string folder, long maxSize, IReadOnlyList<byte[]?> digests)
{
    private const int MaxTries = 5;

    /// <summary>As <see cref="RangerDocuments.Stamp"/>.</summary>
    public string Stamp { get; } = RangerDocuments.StampOf(digests.Select(digest => digest ?? RangerDocuments.NoDocument));

    /// <summary>
    /// Reads all files until two readings in a row are equal, so that no file changed while another was read.
    /// </summary>
    /// <exception cref="SyncException">The folder does not exist, a file cannot be read, or the files keep changing.</exception>
    public static async Task<FolderReading> ReadAsync(string folder, long maxSize, CancellationToken cancellation)
    {
        if (!Directory.Exists(folder))
        {
            throw PolicyFiles.Unavailable("the folder of PolicySync:Policies:Folder does not exist");
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

        throw PolicyFiles.KeepChanging();
    }

    /// <summary>The content of the files; null when one of them has changed meanwhile.</summary>
    /// <exception cref="SyncException">One of them is incomplete, or there are no policies.</exception>
    public async Task<PolicyDownload?> FindAsync(CancellationToken cancellation)
    {
        var policies = await FindAsync(0, RangerDocument.Whole<ServicePolicies>(RangerDocuments.PoliciesName), cancellation);
        var roles = await FindAsync(1, RangerJson.Read<RangerRoles>, cancellation);
        var users = await FindAsync(2, RangerJson.Read<RangerUserStore>, cancellation);
        var tags = await FindAsync(3, RangerDocument.Whole<ServiceTags>(RangerDocuments.TagsName), cancellation);
        return policies.Changed || roles.Changed || users.Changed || tags.Changed
            ? null
            : new PolicyDownload(
                Stamp, policies.Read ?? throw PolicyFiles.Unavailable($"{RangerDocuments.PoliciesName} does not exist"), roles.Read, users.Read,
                tags.Read is { } said && !RangerDocument.SaysNothing(said) ? said : null);
    }

    private async Task<(T? Read, bool Changed)> FindAsync<T>(int number, Func<Stream, T> read, CancellationToken cancellation)
        where T : class
    {
        if (digests[number] is not { } digest)
        {
            return default;
        }

        var name = RangerDocuments.Names[number];
        await using var file = PolicyFile.Open(folder, name);
        if (file is null)
        {
            return (null, true);
        }

        await using var hashing = new HashingStream(file, maxSize);
        T? found = null;
        SyncException? fault = null;
        try
        {
            found = await PolicyFile.ReadAsync(name, () => Task.FromResult(RangerDocument.Parse(name, hashing, read)));
        }
        catch (SyncException e)
        {
            fault = e; // the file was damaged or is being written: the digest decides
        }

        var now = await PolicyFile.ReadAsync(name, () => hashing.FinishAsync(cancellation));
        return !now.AsSpan().SequenceEqual(digest) ? (null, true)
            : fault is not null ? throw fault
            : (found, false);
    }

    private static async Task<FolderReading> ReadOnceAsync(string folder, long maxSize, CancellationToken cancellation)
    {
        var digests = new List<byte[]?>();
        foreach (var name in RangerDocuments.Names)
        {
            await using var file = PolicyFile.Open(folder, name);
            digests.Add(file is null ? null : (await PolicyFile.ReadAsync(name, () => PackedContent.DigestAsync(file, name, maxSize, copy: null, cancellation))).Digest);
        }

        return new FolderReading(folder, maxSize, digests);
    }
}
