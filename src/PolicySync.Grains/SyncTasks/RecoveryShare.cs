using System.Collections.Immutable;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// Which open tasks a silo looks after: each lane belongs to one of the active silos. While two silos see different
/// clusters a lane may have two keepers, which is harmless, or none, until they agree.
/// </summary>
internal sealed class RecoveryShare
{
    private readonly int _place;
    private readonly int _silos;

    private RecoveryShare(int place, int silos) => (_place, _silos) = (place, silos);

    /// <summary>The share of <paramref name="self"/>; everything when it is not among the active ones yet.</summary>
    public static RecoveryShare Of(SiloAddress self, ImmutableDictionary<SiloAddress, ClusterMember> members)
    {
        var active = members.Values.Where(member => member.Status == SiloStatus.Active).Select(member => member.SiloAddress).Order().ToList();
        var place = active.IndexOf(self);
        return place < 0 ? new RecoveryShare(0, 1) : new RecoveryShare(place, active.Count);
    }

    /// <summary>Whether the task is in the share.</summary>
    public bool Holds(TaskId id) => id.Lane % _silos == _place;
}
