using System.Runtime.InteropServices;

namespace PolicySync.Core.Tasks;

/// <summary>An open task as a look for all of them shows it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Share">Its share (<see cref="TaskShare"/>); <see cref="TaskShare.Common"/> for one of before shares were kept.</param>
public readonly record struct OpenTask(TaskId Id, string Share);

/// <summary>Some neighbouring lanes (<see cref="TaskId.Lane"/>).</summary>
/// <param name="First">The first of them.</param>
/// <param name="Count">How many; 0 for none.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct LaneRange(int First, int Count)
{
    /// <summary>All lanes.</summary>
    public static LaneRange All { get; } = new(0, TaskId.Lanes);

    /// <summary>Whether the lane is among them.</summary>
    public bool Holds(int lane) => lane >= First && lane < First + Count;
}
