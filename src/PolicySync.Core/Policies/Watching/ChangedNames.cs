using PolicySync.Core.Policies.Sets;
using PolicySync.Ranger.Json;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Policies.Watching;

/// <summary>
/// The roles and groups of Ranger whose members differ between two versions, also through roles and groups in roles. A policy that
/// names one of them decides differently although it is the same.
/// </summary>
internal sealed class ChangedNames
{
    private readonly NamedPrincipals _names = new();
    private bool _usersDiffer;

    private ChangedNames()
    {
    }

    /// <summary>Whether any differs.</summary>
    public bool Any => _usersDiffer || !_names.AreNone;

    /// <summary>Compares two versions.</summary>
    public static ChangedNames Between(WatchedPolicies before, WatchedPolicies after)
    {
        var found = new ChangedNames();
        var (sameRoles, sameUsers, _) = before.SameParts(after);
        if (sameRoles && sameUsers)
        {
            return found;
        }

        var (olds, news) = (before.ReadRoles(), after.ReadRoles());
        if (!sameUsers)
        {
            found.AddUsers(before.ReadUserStore(), after.ReadUserStore());
        }

        found.AddRoles(olds, news);
        found._names.AddRolesAbove([.. olds.Roles, .. news.Roles]);
        return found;
    }

    /// <summary>
    /// Whether a policy may decide differently: it names one of them, or it reads something of the user that Ranger's user store or
    /// roles give.
    /// </summary>
    public bool Concern(PolicyEntry entry) => Any && (_names.AreNamedIn(entry) || ReadsUser(entry));

    // A condition, a token or an expression may read groups, roles and attributes.
    private static bool ReadsUser(PolicyEntry entry) =>
        entry.Policy.Conditions.Count > 0
        || entry.Items.Any(item => item.Conditions.Count > 0
            || HasToken((item as RangerRowFilterPolicyItem)?.RowFilterInfo?.FilterExpr)
            || HasToken((item as RangerDataMaskPolicyItem)?.DataMaskInfo?.ValueExpr)
            || HasToken((item as RangerDataMaskPolicyItem)?.DataMaskInfo?.ConditionExpr))
        || entry.Resources.Any(set => set.Values.Any(level => level.Values.Exists(HasToken)));

    private static bool HasToken(string? text) => text?.Contains('{', StringComparison.Ordinal) == true;

    private void AddUsers(RangerUserStore before, RangerUserStore after)
    {
        foreach (var user in before.UserGroupMapping.Keys.Union(after.UserGroupMapping.Keys, StringComparer.Ordinal))
        {
            var (olds, news) = (Groups(before, user), Groups(after, user));
            if (!olds.SetEquals(news))
            {
                olds.SymmetricExceptWith(news);
                _names.Groups.UnionWith(olds);
            }
        }

        _usersDiffer = _names.Groups.Count > 0
            || !AreEqual(before.UserAttrMapping, after.UserAttrMapping) || !AreEqual(before.GroupAttrMapping, after.GroupAttrMapping);
    }

    private void AddRoles(RangerRoles before, RangerRoles after)
    {
        var (olds, news) = (Texts(before), Texts(after));
        _names.Roles.UnionWith(olds.Keys.Union(news.Keys, StringComparer.Ordinal).Where(name => olds.GetValueOrDefault(name) != news.GetValueOrDefault(name)));
    }

    private static HashSet<string> Groups(RangerUserStore store, string user) =>
        (store.UserGroupMapping.GetValueOrDefault(user) ?? []).ToHashSet(StringComparer.Ordinal);

    private static Dictionary<string, string> Texts(RangerRoles roles) => roles.Roles.Where(role => role.Name is not null)
        .GroupBy(role => role.Name!, StringComparer.Ordinal)
        .ToDictionary(same => same.Key, same => string.Join('\n', same.Select(Text)), StringComparer.Ordinal);

    private static string Text(RangerRole role) => $"{Text(role.Users)}|{Text(role.Groups)}|{Text(role.Roles)}";

    private static string Text(List<RangerRoleMember> members) => Convert.ToHexString(
        RangerJson.Write(members.Select(member => member.Name ?? "").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList()));

    private static bool AreEqual(Dictionary<string, Dictionary<string, string>> one, Dictionary<string, Dictionary<string, string>> other) =>
        one.Count == other.Count && one.All(of => other.TryGetValue(of.Key, out var attributes)
            && of.Value.Count == attributes.Count && of.Value.All(pair => attributes.GetValueOrDefault(pair.Key) == pair.Value));
}
