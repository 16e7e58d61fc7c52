using PolicySync.Core.Access;
using PolicySync.Core.Planning;
using PolicySync.Core.Principals;
using PolicySync.Core.Runs;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Reports;

/// <summary>
/// Whose effective access to a securable a plan changes: by its grants there, with grants on containers and the ownership as they are,
/// and with all memberships. Pure.
/// </summary>
public static class EffectOnUsers
{
    /// <summary>Most users that are looked at for one securable.</summary>
    public const int MaxUsers = 5_000;

    /// <summary>The effect; without the digest of the changes.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="inherited">Grants on containers.</param>
    public static PlannedEffect Of(RunPlan plan, InheritedAccess inherited)
    {
        var none = new PlannedEffect("");
        if (plan.Grants.Changes.Count == 0)
        {
            return none;
        }

        if (inherited.Fault is { } fault)
        {
            return none with { Unknown = $"grants on the containers of {plan.Inputs.Securable} could not be read: {fault}" };
        }

        var (facts, directory) = (plan.Inputs.Facts, plan.Inputs.Directory);
        var before = StandingGrants.Of(facts, plan.Current.Grants, inherited.Grants, directory);
        var after = StandingGrants.Of(facts, StandingAccess.After(plan.Current.Grants, plan.Grants.Changes, withNew: true), inherited.Grants, directory);
        var users = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var principal in plan.Grants.Changes.Select(change => change.Principal).Where(name => name.Length > 0))
        {
            users.UnionWith(UsersOf(principal, before, directory));
            if (users.Count > MaxUsers)
            {
                return none with { Unknown = $"`{principal}` and others whose grants on {plan.Inputs.Securable} change have over {MaxUsers} members, who are not compared one by one" };
            }
        }

        var changes = users.Select(user => Compare(user, before, after, directory)).OfType<AccessChange>().ToList();
        return none with
        {
            Users = [.. changes.Take(PlannedEffect.MaxUsers)],
            Gaining = changes.Count(change => change.Gains.Count > 0),
            Losing = changes.Count(change => change.Losses.Count > 0),
        };
    }

    private static IEnumerable<string> UsersOf(string principal, StandingGrants standing, PrincipalSnapshot directory)
    {
        var key = PrincipalKey.Of(principal);
        return !standing.IsGroup(key) ? [key]
            : key == PrincipalKey.AccountUsers ? directory.Everyone
            : directory.MembersOf(key) ?? directory.Everyone.Where(user => directory.GroupsOfUser(user).Contains(key));
    }

    private static AccessChange? Compare(string user, StandingGrants before, StandingGrants after, PrincipalSnapshot directory)
    {
        var (had, has) = (before.PrivilegesOf(user), after.PrivilegesOf(user));
        List<string> gains = [.. has.Except(had).Order(StringComparer.Ordinal)], losses = [.. had.Except(has).Order(StringComparer.Ordinal)];
        return gains.Count + losses.Count == 0 ? null : new AccessChange(directory.StoredName(user), gains, losses);
    }
}
