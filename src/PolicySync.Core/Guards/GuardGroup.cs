using PolicySync.Core.Policies;
using PolicySync.Core.Principals;

namespace PolicySync.Core.Guards;

/// <summary>How a function recognises the members of a group.</summary>
/// <param name="IsAskedByName">The account may know the group, so <c>is_account_group_member</c> recognises its members.</param>
/// <param name="Members">
/// Keys of the members that only a list of names recognises: those of a group that may be local to the workspace, and those
/// that only Ranger's user store puts in the group.
/// </param>
/// <param name="AreAllListed">False when the group may be local and the directory does not list all of its members.</param>
internal sealed record GuardGroup(bool IsAskedByName, IReadOnlySet<string> Members, bool AreAllListed)
{
    /// <summary>Looks a group up. A group that may be local is asked by name and listed: only one of the two has an effect.</summary>
    public static GuardGroup Of(string group, PolicyInputs inputs)
    {
        var directory = inputs.Directory;
        var mayBeLocal = directory.MayBeLocal(group);
        var local = mayBeLocal ? directory.MembersOf(group) : null;
        var onlyInRanger = inputs.Policies.RangerMembersOf(group).Where(user => !directory.GroupsOfUser(user).Contains(group));
        return new GuardGroup(
            directory.KindOfGroup(group) != PrincipalKind.WorkspaceGroup,
            onlyInRanger.Concat((IEnumerable<string>?)local ?? []).ToHashSet(StringComparer.Ordinal),
            !mayBeLocal || local is not null);
    }
}
