using PolicySync.Adapters.Workspaces;
using PolicySync.Adapters.Workspaces.Errors;
using PolicySync.Core.Errors;
using PolicySync.Core.Principals;

namespace PolicySync.Adapters.Principals;

/// <summary>
/// Reads groups with their members. Lists are known to leave members out that a single group's answer has
/// (databricks-sdk-py issue 797). Taken for empty, such a group could be granted what one of its members is denied, so
/// each account group without members is asked for on its own.
/// </summary>
internal static class ScimGroups
{
    private const int AskedAtOnce = 4;

    // Every workspace has these two of its own, whatever else is not told about them; Unity Catalog refuses grants to
    // them (terraform-provider-databricks issues 4680 and 5045).
    private static readonly HashSet<string> SystemGroups = new(StringComparer.Ordinal) { "admins", "users" };

    public static async Task<IReadOnlyCollection<DirectoryGroup>> ReadAsync(IScimApi api, CancellationToken cancellation)
    {
        var listed = await ScimListing.ReadAsync(api, "Groups", "id,displayName,members,meta", cancellation);
        var groups = listed.Select(Group).OfType<DirectoryGroup>().ToDictionary(group => group.Id, StringComparer.Ordinal);

        var empty = groups.Values.Where(group => group.IsAccountGroup && group.MemberIds.Count == 0).ToList();
        var asked = new DirectoryGroup?[empty.Count];
        await Parallel.ForAsync(
            0, empty.Count,
            new ParallelOptions { MaxDegreeOfParallelism = AskedAtOnce, CancellationToken = cancellation },
            async (index, inner) => asked[index] = await AskAsync(api, empty[index], inner));
        for (var index = 0; index < empty.Count; index++)
        {
            if (asked[index] is { } group)
            {
                groups[empty[index].Id] = group;
            }
            else
            {
                groups.Remove(empty[index].Id);
            }
        }

        return groups.Values;
    }

    // Null when the group went away meanwhile.
    private static async Task<DirectoryGroup?> AskAsync(IScimApi api, DirectoryGroup group, CancellationToken cancellation)
    {
        try
        {
            var answer = WorkspaceErrors.Required(await api.GetGroupAsync(group.Id, new WorkspaceCall(meter: null), cancellation));
            return group with { MemberIds = Members(answer) };
        }
        catch (SyncException e) when (e.Code == SyncErrorCode.SecurableNotFound)
        {
            return null;
        }
    }

    private static DirectoryGroup? Group(ScimResource group) => string.IsNullOrEmpty(group.DisplayName)
        ? null
        : new DirectoryGroup(group.Id!, group.DisplayName, IsAccountGroup(group), Members(group));

    private static IReadOnlyList<string> Members(ScimResource group) =>
        [.. (group.Members ?? []).Select(member => member?.Value ?? "").Where(id => id.Length > 0)];

    /// <summary>
    /// <c>meta.resourceType</c> is <c>WorkspaceGroup</c> for a local group and <c>Group</c> for one of the account
    /// (databricks-sdk-go, service/iam/model.go). A group that does not say is taken for one of the account: a grant to
    /// a local one is refused and reported, while leaving out one of the account would take access away unseen.
    /// </summary>
    private static bool IsAccountGroup(ScimResource group) => group.Meta?.ResourceType switch
    {
        "WorkspaceGroup" => false,
        "Group" => true,
        _ => !SystemGroups.Contains(group.DisplayName ?? ""),
    };
}
