using PolicySync.Adapters.Workspaces;
using PolicySync.Adapters.Workspaces.Errors;
using PolicySync.Core.Errors;
using PolicySync.Core.Principals;

namespace PolicySync.Adapters.Principals;

/// <summary>
/// Builds groups with their members from SCIM. Lists are known to omit members that the answer about one group contains
/// (databricks-sdk-py issue 797, Policy-Weaver issue 103), and an empty group has no <c>members</c> in either
/// (databricks-sdk-java issue 211). Absent members are therefore believed only in the group's own answer, and only if no
/// user, service principal or group claims a membership. Otherwise the members are unknown: a group that is wrongly taken for
/// empty could be granted what one of its members is denied.
/// </summary>
internal sealed class ScimGroups(IScimApi api)
{
    private const int AskedAtOnce = 4;

    /// <summary>
    /// Most groups that are read one by one because their list omits members. More of them mean that the directory is
    /// inconsistent, not that a list is incomplete.
    /// </summary>
    private const int MaxContradicted = 100;

    // Every workspace has these two local groups; Unity Catalog refuses grants to them
    // (terraform-provider-databricks issues 4680 and 5045).
    private static readonly HashSet<string> SystemGroups = new(StringComparer.Ordinal) { "admins", "users" };

    /// <summary>The groups of a list; those with doubtful members are read one by one.</summary>
    /// <param name="listed">The list.</param>
    /// <param name="claims">Group id to the ids of principals that claim to be in it.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<IReadOnlyCollection<DirectoryGroup>> ReadAsync(
        IReadOnlyList<ScimResource> listed, ILookup<string, string> claims, CancellationToken cancellation)
    {
        var groups = listed.ToDictionary(group => group.Id!, Group, StringComparer.Ordinal);
        var tellsKinds = listed.Any(group => KindOf(group) is not null);
        var contradicted = groups.Values.Where(group => group.MemberIds.Count > 0 && Lacks(group, claims)).ToList();
        var doubtful = groups.Values
            .Where(group => group.MemberIds.Count == 0 || !group.AreMembersKnown || (tellsKinds && !group.IsKindKnown))
            .Union(contradicted.Count <= MaxContradicted ? contradicted : []).ToList();

        var asked = new DirectoryGroup?[doubtful.Count];
        await Parallel.ForAsync(
            0, doubtful.Count,
            new ParallelOptions { MaxDegreeOfParallelism = AskedAtOnce, CancellationToken = cancellation },
            async (index, inner) => asked[index] = await AskAsync(doubtful[index], inner));
        for (var index = 0; index < doubtful.Count; index++)
        {
            if (asked[index] is { } group)
            {
                groups[group.Id] = group;
            }
            else
            {
                groups.Remove(doubtful[index].Id);
            }
        }

        return [.. groups.Values.Select(group => Lacks(group, claims) ? group with { AreMembersKnown = false } : group)];
    }

    // Null when the group was deleted meanwhile.
    private async Task<DirectoryGroup?> AskAsync(DirectoryGroup group, CancellationToken cancellation)
    {
        try
        {
            var answer = WorkspaceErrors.Required(await api.GetGroupAsync(group.Id, new WorkspaceCall(meter: null), cancellation));
            return answer.Id == group.Id && answer.DisplayName == group.Name
                ? Group(answer)
                : group with { AreMembersKnown = false }; // an answer about another group, or about none
        }
        catch (SyncException e) when (e.Code == SyncErrorCode.SecurableNotFound)
        {
            return null;
        }
    }

    private static bool Lacks(DirectoryGroup group, ILookup<string, string> claims) =>
        claims[group.Id].Except(group.MemberIds, StringComparer.Ordinal).Any();

    private static DirectoryGroup Group(ScimResource group)
    {
        var members = (group.Members ?? []).Select(member => member?.Value ?? "").ToList();
        var kind = KindOf(group);
        return new DirectoryGroup(
            group.Id!, group.DisplayName!, kind ?? !SystemGroups.Contains(group.DisplayName!), [.. members.Where(id => id.Length > 0)])
        {
            AreMembersKnown = members.TrueForAll(id => id.Length > 0),
            IsKindKnown = kind is not null || SystemGroups.Contains(group.DisplayName!),
        };
    }

    /// <summary>
    /// Whether the group is an account group: <c>meta.resourceType</c> is <c>WorkspaceGroup</c> for a local group and
    /// <c>Group</c> for an account group (databricks-sdk-go, service/iam/model.go). Null when the answer does not say. Such a
    /// group is granted to as an account group, since a grant to a local one is refused and reported; where it restricts it
    /// counts as both.
    /// </summary>
    private static bool? KindOf(ScimResource group) => group.Meta?.ResourceType switch
    {
        "WorkspaceGroup" => false,
        "Group" => true,
        _ => null,
    };
}
