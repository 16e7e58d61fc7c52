using PolicySync.Adapters.Workspaces;
using PolicySync.Adapters.Workspaces.Errors;
using PolicySync.Core.Errors;
using PolicySync.Core.Principals;

namespace PolicySync.Adapters.Principals;

/// <summary>
/// Makes groups with their members from what SCIM says. Lists are known to leave members out that a single group's answer
/// has (databricks-sdk-py issue 797, Policy-Weaver issue 103), and an empty group has no <c>members</c> at all in either
/// (databricks-sdk-java issue 211). So absent members are believed only of an answer that is that group's own, and only
/// while no user, service principal or group says that it is in the group. Whatever stays in doubt has members that nobody
/// knows: taken for empty, such a group could be granted what one of its members is denied.
/// </summary>
internal sealed class ScimGroups(IScimApi api)
{
    private const int AskedAtOnce = 4;

    /// <summary>
    /// Groups that are asked for on their own because members are missing from their lists. More than these are not a list
    /// that left something out, but a directory whose two sides do not fit together.
    /// </summary>
    private const int MaxContradicted = 100;

    // Every workspace has these two of its own, whatever else is not told about them; Unity Catalog refuses grants to
    // them (terraform-provider-databricks issues 4680 and 5045).
    private static readonly HashSet<string> SystemGroups = new(StringComparer.Ordinal) { "admins", "users" };

    /// <summary>The groups of a list, with what else SCIM says about those that the list leaves in doubt.</summary>
    /// <param name="listed">The list.</param>
    /// <param name="claims">Who says that it is in a group: by the group's id, the ids of those who do.</param>
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

    // Null when the group went away meanwhile.
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
    /// Whether it is a group of the account: <c>meta.resourceType</c> is <c>WorkspaceGroup</c> for a local group and
    /// <c>Group</c> for one of the account (databricks-sdk-go, service/iam/model.go). Null when it does not say. A group that
    /// does not say is granted to as one of the account, for a grant to a local one is refused and reported, and counts as
    /// either wherever it restricts.
    /// </summary>
    private static bool? KindOf(ScimResource group) => group.Meta?.ResourceType switch
    {
        "WorkspaceGroup" => false,
        "Group" => true,
        _ => null,
    };
}
