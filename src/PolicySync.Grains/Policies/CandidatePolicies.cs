using Microsoft.Extensions.Options;
using PolicySync.Core.Errors;
using PolicySync.Core.Options;
using PolicySync.Core.Policies;
using PolicySync.Core.Policies.Sets;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.Policies;

/// <summary>
/// The candidate sets of plans, compiled for the roles, users and tags of the current policies. The last few are kept, as each securable
/// of a plan needs the same one. They never count as the policies of the service. Safe for concurrent use.
/// </summary>
public sealed class CandidatePolicies(ICandidateSets sets, IOptions<PrincipalsOptions> principals)
{
    /// <summary>Most compiled sets that are kept.</summary>
    internal const int MaxKept = 4;

    private readonly Lock _gate = new();

    // The one that was used last comes last.
    private readonly List<(string Hash, PolicySnapshot Current, Task<PolicySnapshot> Compiled)> _kept = [];

    /// <summary>Returns a compiled set.</summary>
    /// <param name="hash">The hash under which it is stored.</param>
    /// <param name="current">The current policies, whose roles, users and tags count.</param>
    /// <param name="cancellation">Stops waiting; the compilation continues for others.</param>
    /// <exception cref="SyncException">
    /// <see cref="SyncErrorCode.Unavailable"/>: the storage does not answer. <see cref="SyncErrorCode.PlanOutdated"/>: the set was deleted.
    /// <see cref="SyncErrorCode.InvalidPlan"/>: it cannot be compiled.
    /// </exception>
    public Task<PolicySnapshot> GetAsync(string hash, PolicySnapshot current, CancellationToken cancellation)
    {
        lock (_gate)
        {
            var index = _kept.FindIndex(kept => kept.Hash == hash && ReferenceEquals(kept.Current, current) && !kept.Compiled.IsFaulted);
            var entry = index < 0 ? (hash, current, Task.Run(() => CompileAsync(hash, current), CancellationToken.None)) : _kept[index];
            _kept.RemoveAll(kept => kept.Hash == hash && (ReferenceEquals(kept.Current, current) || kept.Compiled.IsCompleted));
            _kept.Add(entry);
            if (_kept.Count > MaxKept)
            {
                _kept.RemoveAt(0);
            }

            return entry.Item3.WaitAsync(cancellation);
        }
    }

    private async Task<PolicySnapshot> CompileAsync(string hash, PolicySnapshot current) =>
        await sets.FindAsync(hash, CancellationToken.None) is { } packed
            ? current.With(PolicySet.OfPacked(packed).Read(), $"candidate {hash}", principals.Value.Map)
            : throw new SyncException(SyncErrorCode.PlanOutdated, "the candidate policies of the plan are not kept any more; make a new plan");
}
