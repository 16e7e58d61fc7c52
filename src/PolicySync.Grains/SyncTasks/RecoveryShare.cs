using System.Collections.Immutable;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// The open tasks that a silo recovers: those of adjacent lanes, an equal number for each active silo. While two silos see different
/// memberships, a lane may belong to two silos, which is harmless, or to none, until the memberships agree or the last resort scans it.
/// </summary>
internal sealed class RecoveryShare
{
    private RecoveryShare(LaneRange lanes) => Lanes = lanes;

    /// <summary>The lanes of the share; none when there are more silos than lanes.</summary>
    public LaneRange Lanes { get; }

    /// <summary>Returns the share of <paramref name="self"/>: all lanes while it is not active yet.</summary>
    public static RecoveryShare Of(SiloAddress self, ImmutableDictionary<SiloAddress, ClusterMember> members)
    {
        var active = members.Values.Where(member => member.Status == SiloStatus.Active).Select(member => member.SiloAddress).Order().ToList();
        var place = active.IndexOf(self);
        return new RecoveryShare(place < 0 ? LaneRange.All : LanesOf(place, active.Count));
    }

    /// <summary>Returns the lanes of the silo at <paramref name="place"/>.</summary>
    public static LaneRange LanesOf(int place, int silos)
    {
        var first = place * TaskId.Lanes / silos;
        return new LaneRange(first, ((place + 1) * TaskId.Lanes / silos) - first);
    }

    /// <summary>Whether the task is in the share.</summary>
    public bool Holds(TaskId id) => Lanes.Holds(id.Lane);
}
