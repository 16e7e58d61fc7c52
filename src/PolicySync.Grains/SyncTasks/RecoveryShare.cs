using System.Collections.Immutable;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// Which open tasks a silo looks after: neighbouring lanes, so that it reads those alone, as many as each of the active
/// silos. While two silos see different clusters a lane may have two keepers, which is harmless, or none, until they agree
/// or until the last resort.
/// </summary>
internal sealed class RecoveryShare
{
    private RecoveryShare(LaneRange lanes) => Lanes = lanes;

    /// <summary>The lanes of the share; none where there are more silos than lanes.</summary>
    public LaneRange Lanes { get; }

    /// <summary>The share of <paramref name="self"/>; everything when it is not among the active ones yet.</summary>
    public static RecoveryShare Of(SiloAddress self, ImmutableDictionary<SiloAddress, ClusterMember> members)
    {
        var active = members.Values.Where(member => member.Status == SiloStatus.Active).Select(member => member.SiloAddress).Order().ToList();
        var place = active.IndexOf(self);
        return new RecoveryShare(place < 0 ? LaneRange.All : LanesOf(place, active.Count));
    }

    /// <summary>The lanes of one of so many silos.</summary>
    public static LaneRange LanesOf(int place, int silos)
    {
        var first = place * TaskId.Lanes / silos;
        return new LaneRange(first, ((place + 1) * TaskId.Lanes / silos) - first);
    }

    /// <summary>Whether the task is in the share.</summary>
    public bool Holds(TaskId id) => Lanes.Holds(id.Lane);
}
