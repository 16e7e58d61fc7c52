using PolicySync.Core.Desired;
using PolicySync.Core.Policies;
using PolicySync.Core.Principals;

namespace PolicySync.Core.Explaining;

/// <summary>The principal that a question means.</summary>
/// <param name="Candidate">The principal, as grants are computed for it.</param>
/// <param name="Shown">The same, as an explanation shows it.</param>
/// <param name="Note">What a reader has to know about the name; null when there is nothing.</param>
internal sealed record ExplainedSubject(Candidate Candidate, ExplainedPrincipal Shown, string? Note)
{
    /// <summary>
    /// Looks a name up: in the directory, then as <c>Principals:Map</c> rewrites it. A name that the directory does not list is a
    /// user if it can be one in Unity Catalog or Ranger knows it as one, else a group.
    /// </summary>
    public static ExplainedSubject Find(string name, PolicySnapshot policies, PrincipalSnapshot directory)
    {
        if (name is NameMapper.Public or NameMapper.UserMacro)
        {
            return Group(PrincipalKey.AccountUsers, directory, $"`{name}` is the group `{PrincipalKey.AccountUsers}`");
        }

        if (directory.KindOf(name) != PrincipalKind.Unknown)
        {
            return directory.KindOfUser(name) != PrincipalKind.Unknown ? User(name, directory, null) : Group(name, directory, null);
        }

        var mapped = policies.Names.MappedOrSame(name);
        if (directory.KindOfUser(mapped) != PrincipalKind.Unknown)
        {
            return User(mapped, directory, $"Principals:Map rewrites `{name}` to `{mapped}`");
        }

        var key = PrincipalKey.Of(mapped);
        return PrincipalKey.CanNameUser(mapped) || policies.RangerGroupsOf(key).Count > 0 || policies.Engine.Roles.RolesOf(key, []).Count > 0
            ? User(mapped, directory, $"the directory does not list `{mapped}`; it is evaluated as a user, with the groups and roles that Ranger knows of it")
            : Group(name, directory, $"the directory does not list `{name}`; it is evaluated as a group that no other group contains");
    }

    private static ExplainedSubject User(string name, PrincipalSnapshot directory, string? note) => new(
        new Candidate(PrincipalKey.Of(name), IsGroup: false),
        new ExplainedPrincipal(directory.StoredName(name), directory.KindOfUser(name)), note);

    private static ExplainedSubject Group(string name, PrincipalSnapshot directory, string? note) => new(
        new Candidate(name, IsGroup: true), new ExplainedPrincipal(name, directory.KindOfGroup(name)), note);
}
