using PolicySync.Core.Errors;
using PolicySync.Core.Policies.Sets;

namespace PolicySync.Grains.Policies;

/// <summary>The policies that a silo accepted last.</summary>
/// <param name="Set">The policies.</param>
/// <param name="Version">The version number in the download; -1 when it has none.</param>
/// <param name="Stamp">Differs whenever anything of the input differs, roles and tags included.</param>
/// <param name="AcceptTime">When the silo accepted them.</param>
/// <param name="CheckTime">When the source was last seen to have them; null when they were recalled after a restart without the source.</param>
/// <param name="Failure">Why the last check of the source failed, as <c>CODE: reason</c>; null when it did not.</param>
public sealed record CurrentSet(PolicySet Set, long Version, string Stamp, DateTimeOffset AcceptTime, DateTimeOffset? CheckTime, string? Failure);

/// <summary>
/// Asks a silo for its policies and keeps the last set, so that its content travels once per version. Safe for concurrent use; works in
/// silos and in clients.
/// </summary>
public sealed class CurrentPolicies(IGrainFactory grains, TimeProvider time)
{
    private Known? _last;

    /// <summary>Returns the policies that a silo has.</summary>
    /// <param name="fresh">Whether the silo checks the source first.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="SyncException">
    /// <see cref="SyncErrorCode.Unavailable"/>: no silo answers. <see cref="SyncErrorCode.PoliciesUnavailable"/> or
    /// <see cref="SyncErrorCode.PoliciesShrank"/>: the source gave no policies that can be used.
    /// </exception>
    public async Task<CurrentSet> ReadAsync(bool fresh, CancellationToken cancellation)
    {
        var known = Volatile.Read(ref _last);
        var read = await GrainCalls.AskAsync(
            () => grains.GetGrain<IPolicyReaderGrain>(0).ReadAsync(known?.Stamp, fresh), "with its policies", isEverywhere: false, time, cancellation);
        var set = read.Packed is { } packed ? PolicySet.OfPacked(packed) : known!.Set;
        if (known?.Stamp != read.Stamp)
        {
            Volatile.Write(ref _last, new Known(read.Stamp, set));
        }

        return new CurrentSet(set, read.Version, read.Stamp, read.AcceptTime, read.CheckTime, read.Failure);
    }

    private sealed record Known(string Stamp, PolicySet Set);
}
