using Microsoft.Extensions.Options;
using PolicySync.Core.Options;
using PolicySync.Core.Policies;

namespace PolicySync.Adapters.Policies;

/// <summary>Policies from files in the form of Ranger's downloads.</summary>
internal sealed class FolderPolicySource(IOptions<PoliciesOptions> options) : IPolicySource
{
    /// <summary>Largest file that is read, in bytes; Ranger's downloads of 100,000 policies stay below it.</summary>
    internal long MaxFileSize { get; init; } = 256 * 1024 * 1024;

    public async Task<PolicyDownload?> ReadAsync(string? knownStamp, CancellationToken cancellation)
    {
        var folder = options.Value.Folder
            ?? throw PolicyFiles.Unavailable("PolicySync:Policies:Folder is not set");
        var files = await PolicyFiles.ReadAsync(folder, MaxFileSize, cancellation);
        return string.Equals(files.Stamp, knownStamp, StringComparison.Ordinal) ? null : files.ToDownload();
    }
}
