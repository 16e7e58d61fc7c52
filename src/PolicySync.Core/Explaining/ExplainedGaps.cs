using PolicySync.Core.Desired;
using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Core.Privileges;
using PolicySync.Core.Tasks;
using PolicySync.Ranger.Evaluation;

namespace PolicySync.Core.Explaining;

/// <summary>Which gaps of a run concern a principal and a privilege.</summary>
/// <param name="context">The run.</param>
/// <param name="subject">The principal as policies see it.</param>
/// <param name="principal">The same, by name.</param>
/// <param name="privilege">The privilege, in upper case.</param>
internal sealed class ExplainedGaps(DesiredContext context, Subject subject, Candidate principal, string privilege)
{
    /// <summary>Most gaps of an explanation.</summary>
    public const int MaxGaps = 100;

    /// <summary>Those that concern them: the nearest first, of the principal itself before those of its groups and roles.</summary>
    public IReadOnlyList<Gap> Among(IEnumerable<Gap> gaps) =>
        [.. gaps.Where(Concerns).OrderBy(gap => !IsOfPrincipal(gap)).ThenBy(gap => gap.Principal is null).Take(MaxGaps)];

    private bool Concerns(Gap gap) => ConcernsPrivilege(gap.Privilege) && ConcernsPrincipal(gap.Principal);

    private bool ConcernsPrivilege(string? other) => other is null || other == privilege
        || (other == Privilege.AllPrivileges && Privilege.IsImpliedByAll(privilege))
        || (other == Privilege.Modify && Privilege.IsPartOfModify(privilege));

    private bool ConcernsPrincipal(string? name) => name switch
    {
        null or NameMapper.Public or PrincipalKey.AccountUsers or NameMapper.UserMacro => true,
        NameMapper.OwnerMacro => subject.User is { } user && context.Facts.Owner is { } owner
            && (PrincipalKey.Of(owner) == user || context.Directory.GroupsOfUser(user).Contains(owner)),
        _ => KeyOf(name) == principal.Name || subject.Groups.Contains(name) || subject.Roles.Contains(name),
    };

    private bool IsOfPrincipal(Gap gap) => gap.Principal is { } name && KeyOf(name) == principal.Name;

    // A gap names a user as a policy spells it.
    private string KeyOf(string spelled) => principal.IsGroup ? spelled : PrincipalKey.Of(context.Policies.Names.MappedOrSame(spelled));
}
