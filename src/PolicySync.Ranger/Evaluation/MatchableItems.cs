using PolicySync.Ranger.Model;
using PolicySync.Ranger.ServiceDefs;
using PolicySync.Ranger.Text;

namespace PolicySync.Ranger.Evaluation;

/// <summary>
/// Whether a policy applies to a subject that requests several accesses: it names the subject by user, group or role,
/// and one of its items has one of the accesses. Ranger looks before it takes accesses that need no policy for allowed
/// (RangerOptimizedPolicyEvaluator.hasMatchablePolicyItem). It does so only once each item of the policy has been asked at
/// some time; this engine always does, so that the answer does not depend on earlier ones.
/// </summary>
internal static class MatchableItems
{
    public static bool Any(RangerPolicy policy, AccessTypes types, in Asker asker, AccessRequest request)
    {
        if (policy.IsDenyAllElse)
        {
            return true;
        }

        var items = policy.AllItems().ToList();
        return items.Exists(Names(asker)) && (request.IsAny || Gives(items, types, request));
    }

    private static Predicate<RangerPolicyItem> Names(Asker asker) => item =>
        item.Groups.Exists(group => JavaText.EqualsIgnoringCase(group, "public") || asker.Subject.Groups.Contains(group))
        || item.Users.Exists(user => JavaText.EqualsIgnoringCase(user, "{USER}")
            || (asker.Subject.User is { } asking && (user == asking || (asking == asker.Owner && JavaText.EqualsIgnoringCase(user, "{OWNER}")))))
        || item.Roles.Exists(asker.Subject.Roles.Contains);

    private static bool Gives(List<RangerPolicyItem> items, AccessTypes types, AccessRequest request)
    {
        var written = items.SelectMany(item => item.Accesses).Where(access => access is { IsAllowed: true, Type: not null })
            .Select(access => access.Type!).ToHashSet(StringComparer.Ordinal);
        if (types.Names.All(written.Contains) || (request.AccessType == AccessRequest.AdminAccess && items.Exists(item => item.DelegateAdmin)))
        {
            return true;
        }

        written.UnionWith(written.SelectMany(types.ImpliedBy).ToList());
        return written.Contains(request.AccessType ?? "") || written.Overlaps(request.AllAccessTypes);
    }
}
