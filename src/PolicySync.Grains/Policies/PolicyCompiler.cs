using Microsoft.Extensions.Options;
using PolicySync.Core.Options;
using PolicySync.Core.Policies;
using PolicySync.Core.Policies.Sets;
using PolicySync.Core.Policies.Watching;

namespace PolicySync.Grains.Policies;

/// <summary>Compiles downloads as the settings say. Safe for concurrent use.</summary>
public sealed class PolicyCompiler(
    IOptions<PoliciesOptions> policies, IOptions<PrincipalsOptions> principals, IOptions<TagsOptions> tags, IOptions<SyncOptions> sync)
{
    /// <summary>Decides whether a download may follow the last accepted version. The gate refuses one that lost too much.</summary>
    /// <exception cref="Core.Errors.SyncException"><see cref="Core.Errors.SyncErrorCode.PoliciesShrank"/>.</exception>
    public PolicyBaseline Accept(PolicyDownload download, PolicyBaseline? last) =>
        PolicyGate.Accept(Relevant(download), last, policies.Value.AllowShrink);

    /// <summary>Compiles an accepted download.</summary>
    public PolicySnapshot Compile(PolicyDownload download, PolicyBaseline accepted) => PolicySnapshot.Compile(
        Relevant(download), accepted, principals.Value.Map, TimeZoneInfo.FindSystemTimeZoneById(policies.Value.TimeZone));

    /// <summary>Packs a download, before it is compiled, for the watch of policies.</summary>
    public WatchedPolicies Watch(PolicyDownload download, PolicySet set) => WatchedPolicies.Of(
        Relevant(download), set, WatchedSettings.DigestOf(sync.Value, principals.Value, tags.Value, policies.Value));

    // With the workspace's own tags as the only source, the tags of the download are not used, and losing them loses nothing.
    private PolicyDownload Relevant(PolicyDownload download) =>
        tags.Value.Source == TagSourceKind.UnityCatalog ? download with { Tags = null } : download;
}
