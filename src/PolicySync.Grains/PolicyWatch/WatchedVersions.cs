using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using PolicySync.Core.Errors;
using PolicySync.Core.Options;
using PolicySync.Core.Policies.Watching;
using PolicySync.Core.Principals;
using PolicySync.Grains.Policies;

namespace PolicySync.Grains.PolicyWatch;

/// <summary>All that decides at one time, and the version of the policies in it.</summary>
/// <param name="Policies">The policies, with what the directory says.</param>
/// <param name="Version">The version number in the download; -1 when it has none.</param>
internal sealed record WatchedVersion(WatchedPolicies Policies, long Version)
{
    private readonly Lazy<byte[]> _stored = new(Policies.Write);

    /// <summary>The stored form.</summary>
    public byte[] Stored => _stored.Value;

    /// <summary>The hash of the stored form.</summary>
    public string Hash => field ??= Convert.ToHexStringLower(SHA256.HashData(Stored));
}

/// <summary>Reads what decides now. Used by one caller at a time.</summary>
internal sealed class WatchedVersions(
    PolicySnapshots snapshots, IPrincipalDirectory directory, IOptions<PoliciesOptions> policies, IOptions<PrincipalsOptions> principals)
{
    private WatchedPolicies? _watched;
    private PrincipalSnapshot? _directory;
    private WatchedVersion? _last;

    /// <summary>
    /// The policies that are in force, checked against their source; the same object as long as nothing differs. Null when the source gives
    /// none that can be used: what is not known has not changed.
    /// </summary>
    public async Task<WatchedVersion?> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            if ((await snapshots.GetFreshAsync().WaitAsync(cancellation)).IsStale || snapshots.Accepted is not { Watched: { } watched } accepted)
            {
                return null;
            }

            var listed = policies.Value.Watch.Membership ? await directory.GetAsync(cancellation) : null;
            if (_last is null || !ReferenceEquals(watched, _watched) || !ReferenceEquals(listed, _directory))
            {
                _last = await Task.Run(() => Compose(watched, listed, accepted.Baseline.Version), cancellation);
                (_watched, _directory) = (watched, listed);
            }

            return _last;
        }
        catch (SyncException)
        {
            return null; // the checks of policies and directory log their failures themselves
        }
    }

    // A directory that was read again mostly says the same.
    private WatchedVersion Compose(WatchedPolicies watched, PrincipalSnapshot? listed, long version)
    {
        var marks = listed is null ? null : PrincipalMarks.Of(watched, listed, principals.Value.Map);
        return _last is not null && ReferenceEquals(watched, _watched) && _last.Policies.Principals is { } known && marks?.AreAs(known) == true
            ? _last
            : new WatchedVersion(watched.With(marks), version);
    }
}
