using System.Text.Json.Nodes;
using PolicySync.Core.Principals;
using PolicySync.Ranger.Model;

namespace PolicySync.RowFiltersAndMasks.Tests.Support;

/// <summary>
/// People, groups and roles, as the account has them and as Ranger has them. Groups may hold groups; a local group is known
/// to the workspace only, a remembered membership to Ranger's user store only.
/// </summary>
internal sealed class Account
{
    public List<string> Users { get; } = [];

    public List<(string Name, List<string> Members, bool IsLocal)> Groups { get; } = [];

    public List<RangerRole> Roles { get; } = [];

    public Dictionary<string, List<string>> Store { get; } = [];

    public PrincipalSnapshot Directory => new(
        Users.Where(user => user.Contains('@')).Select(user => new DirectoryMember("u:" + user, user, Active: true)),
        Users.Where(user => !user.Contains('@')).Select(user => new DirectoryMember("u:" + user, user, Active: true)),
        Groups.Select(group => new DirectoryGroup("g:" + group.Name, group.Name, !group.IsLocal, [.. group.Members.Select(IdOf)])),
        self: null);

    /// <summary>The same for the emulator.</summary>
    public void AddTo(JsonObject state)
    {
        state["users"] = new JsonArray([.. Users.Where(user => user.Contains('@')).Select(user => new JsonObject { ["userName"] = user })]);
        state["servicePrincipals"] = new JsonArray([.. Users.Where(user => !user.Contains('@')).Select(user => new JsonObject { ["applicationId"] = user })]);
        foreach (var (key, isLocal) in new[] { ("groups", false), ("workspaceGroups", true) })
        {
            state[key] = new JsonArray([.. Groups.Where(group => group.IsLocal == isLocal).Select(group => new JsonObject
            {
                ["displayName"] = group.Name,
                ["members"] = new JsonArray([.. group.Members.Select(member => (JsonNode)member)]),
            })]);
        }
    }

    private string IdOf(string member) => Groups.Exists(group => group.Name == member) ? "g:" + member : "u:" + member;
}
