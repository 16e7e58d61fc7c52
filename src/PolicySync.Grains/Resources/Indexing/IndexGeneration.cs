using PolicySync.Core.Errors;
using PolicySync.Core.Reports.Index;

namespace PolicySync.Grains.Resources.Indexing;

/// <summary>
/// The generation of the index, read at most once a minute by a silo. After the table was lost, runs of the next minute rely on what is
/// gone; the runs after them write it again. Safe for concurrent use.
/// </summary>
internal sealed class IndexGeneration(IAccessIndex index, TimeProvider time)
{
    private static readonly TimeSpan Lasts = TimeSpan.FromMinutes(1);

    private volatile Known? _known;

    /// <summary>The generation.</summary>
    /// <exception cref="SyncException"><see cref="SyncErrorCode.Unavailable"/>: storage does not answer.</exception>
    public async ValueTask<string> GetAsync(CancellationToken cancellation)
    {
        if (_known is { } known && time.GetElapsedTime(known.At) < Lasts)
        {
            return known.Generation;
        }

        var generation = await index.GetGenerationAsync(cancellation);
        _known = new Known(generation, time.GetTimestamp());
        return generation;
    }

    private sealed record Known(string Generation, long At);
}
