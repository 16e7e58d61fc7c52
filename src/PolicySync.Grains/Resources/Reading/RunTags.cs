using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using PolicySync.Core.Grants;
using PolicySync.Core.Options;
using PolicySync.Core.Policies;
using PolicySync.Core.Securables;
using PolicySync.Grains.Resources.Queue;

namespace PolicySync.Grains.Resources.Reading;

/// <summary>
/// Reads the workspace's tags of a securable, its columns and its parents, where tag policies could use them. Safe for
/// concurrent use.
/// </summary>
internal sealed class RunTags(ITagSource source, IOptions<TagsOptions> options, TimeProvider time)
{
    /// <summary>In a walk, how old the tags of a parent may be.</summary>
    private static readonly TimeSpan ParentsLast = TimeSpan.FromSeconds(30);

    /// <summary>Parents whose tags are kept; a walk uses two at a time.</summary>
    private const int MaxParents = 1_000;

    private readonly ConcurrentDictionary<Securable, Parent> _parents = new();

    /// <summary>Returns the tags; null where they are not read, since they would change nothing.</summary>
    /// <exception cref="Core.Errors.SyncException">They cannot be read, so nothing can be decided.</exception>
    public async Task<SecurableTags?> OfAsync(Run run, PolicySnapshot policies, CallMeter meter, CancellationToken stopping)
    {
        if (options.Value.Source == TagSourceKind.Ranger || !policies.Engine.HasTagPolicies)
        {
            return null;
        }

        var found = new List<TaggedResource>();
        foreach (var parent in run.Securable.Parents)
        {
            // Only a walk, which has just synced the parents, may share what is read of them.
            found.AddRange(run.ParentsDone ? await ParentAsync(parent, meter, stopping) : await source.ReadAsync(parent, meter, stopping));
        }

        found.AddRange(await source.ReadAsync(run.Securable, meter, stopping));
        return new SecurableTags(found);
    }

    // Concurrent readers share one answer. A failed answer is not kept.
    private async Task<IReadOnlyList<TaggedResource>> ParentAsync(Securable parent, CallMeter meter, CancellationToken stopping)
    {
        if (!_parents.TryGetValue(parent, out var known) || time.GetElapsedTime(known.ReadAt) >= ParentsLast)
        {
            if (_parents.Count >= MaxParents)
            {
                _parents.Clear();
            }

            // The time before the request: a later change may be missing in the answer.
            known = new Parent(time.GetTimestamp(), source.ReadAsync(parent, meter, CancellationToken.None));
            _parents[parent] = known;
        }

        try
        {
            return await known.Tags.WaitAsync(stopping);
        }
        catch when (known.Tags is { IsCompleted: true, IsCompletedSuccessfully: false })
        {
            _parents.TryRemove(new(parent, known));
            throw;
        }
    }

    private sealed record Parent(long ReadAt, Task<IReadOnlyList<TaggedResource>> Tags);
}
