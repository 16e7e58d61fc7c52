using Microsoft.Extensions.Options;
using PolicySync.Core.Options;
using PolicySync.Core.Policies;

namespace PolicySync.Adapters.Policies;

/// <summary>
/// Policies from files in the form of Ranger's downloads. Every run asks for them, so contents are read again only when the
/// file system reports a change (<see cref="FolderFacts"/>).
/// </summary>
internal sealed class FolderPolicySource(IOptions<PoliciesOptions> options, TimeProvider time) : IPolicySource
{
    /// <summary>
    /// How long facts are trusted. A change is read after this time even if the file system reports no new time.
    /// </summary>
    internal static readonly TimeSpan TrustedFor = TimeSpan.FromSeconds(10);

    private Reading? _settled;

    /// <summary>Largest file that is read, in bytes; 100,000 policies stay below it, and a million users.</summary>
    internal long MaxFileSize { get; init; } = 512 * 1024 * 1024;

    public async Task<PolicyDownload?> ReadAsync(string? knownStamp, CancellationToken cancellation)
    {
        var folder = options.Value.Folder
            ?? throw PolicyFiles.Unavailable("PolicySync:Policies:Folder is not set");
        var now = time.GetUtcNow();
        var facts = FolderFacts.Of(folder);
        if (_settled is { } last && last.Stamp == knownStamp && last.Facts.Equals(facts) && now - last.At < TrustedFor)
        {
            return null;
        }

        var reading = await FolderReading.ReadAsync(folder, MaxFileSize, cancellation);
        _settled = facts?.IsSettled(now) is true && facts.Equals(FolderFacts.Of(folder)) ? new Reading(facts, reading.Stamp, now) : null;
        var download = await PolicyFiles.FindAsync(reading, folder, MaxFileSize, knownStamp, cancellation);
        return download is null ? null : download with { DocumentsFrom = () => PolicyFiles.Contents(folder, MaxFileSize, download.Stamp) };
    }

    private sealed record Reading(FolderFacts Facts, string Stamp, DateTimeOffset At);
}
