using System.Globalization;
using System.Text.Json.Nodes;

namespace PolicySync.ContractCheck.Workspaces;

/// <summary>
/// Who there is: the credential's own principal, and some of the directory. Reports call them by what they are, never by
/// name, so that a report can be shown to others.
/// </summary>
internal sealed class Cast
{
    /// <summary>The group that every account has.</summary>
    public const string Everyone = "account users";

    // What every workspace has of its own (terraform-provider-databricks issues 4680 and 5045).
    private static readonly string[] SystemGroups = ["admins", "users"];

    // Shorter ones would be found in words that have nothing to do with them.
    private const int ShortestTelling = 6;

    private Cast(string self, IReadOnlyList<string> users, IReadOnlyList<string> servicePrincipals, IReadOnlyList<JsonObject> groups)
    {
        (Self, Users, ServicePrincipals, Groups) = (self, users, servicePrincipals, groups);
        AccountGroups = [.. from @group in groups
            where Kind(@group) == "Group" && Name(@group) is { } name && !SystemGroups.Contains(name)
            select Name(@group)!];
    }

    /// <summary>As <c>Me</c> names it: e-mail or application id.</summary>
    public string Self { get; }

    public IReadOnlyList<string> Users { get; }

    public IReadOnlyList<string> ServicePrincipals { get; }

    /// <summary>As SCIM shows them.</summary>
    public IReadOnlyList<JsonObject> Groups { get; }

    public IReadOnlyList<string> AccountGroups { get; }

    /// <summary>Every principal except the credential's own.</summary>
    public IReadOnlyList<string> Others => [.. Users.Concat(AccountGroups).Concat(ServicePrincipals)
        .Where(name => !string.Equals(name, Self, StringComparison.OrdinalIgnoreCase)).Distinct(StringComparer.OrdinalIgnoreCase)];

    /// <summary>Reads at most <paramref name="most"/> of each kind.</summary>
    /// <exception cref="NotAskedException">The workspace does not say who the credential is.</exception>
    public static async Task<Cast> ReadAsync(RawWorkspace workspace, int most, CancellationToken stop)
    {
        var me = (await workspace.GetAsync($"{Routes.Scim}/Me", stop)).Required("who the credential is");
        var self = (me.Text("applicationId") is { Length: > 0 } id ? id : me.Text("userName"))
            ?? throw new NotAskedException("the workspace's SCIM Me names neither a user nor a service principal");
        return new Cast(
            self,
            await NamesAsync(workspace, "Users", "userName", most, stop),
            await NamesAsync(workspace, "ServicePrincipals", "applicationId", most, stop),
            await ListAsync(workspace, "Groups", "displayName,meta", most, stop));
    }

    public string Label(string principal) =>
        Same(principal, Self) ? "self"
        : Same(principal, Everyone) ? "account users"
        : principal.Length == 0 ? "a deleted principal"
        : Users.Any(user => Same(user, principal)) ? "a user"
        : AccountGroups.Contains(principal) ? "a group"
        : ServicePrincipals.Any(other => Same(other, principal)) ? "a service principal"
        : "another principal";

    /// <summary>A text of the workspace, with what people and services are in place of who they are.</summary>
    public string Anonymous(string text) => Users.Concat(ServicePrincipals).Prepend(Self)
        .Where(name => name.Length >= ShortestTelling).OrderByDescending(name => name.Length)
        .Aggregate(text, (rest, name) => rest.Replace(name, Label(name), StringComparison.OrdinalIgnoreCase));

    public static string? Name(JsonObject scim) => (string?)scim["displayName"];

    public static string? Kind(JsonObject scim) => scim["meta"] is JsonObject meta ? (string?)meta["resourceType"] : null;

    private static bool Same(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    private static async Task<IReadOnlyList<string>> NamesAsync(RawWorkspace workspace, string collection, string attribute, int most, CancellationToken stop) =>
        [.. from one in await ListAsync(workspace, collection, attribute + ",active", most, stop)
            where (bool?)one["active"] != false && !string.IsNullOrEmpty((string?)one[attribute])
            select (string)one[attribute]!];

    // A directory that may not be read leaves fewer to ask with; the probes that need them say so.
    private static async Task<IReadOnlyList<JsonObject>> ListAsync(RawWorkspace workspace, string collection, string attributes, int most, CancellationToken stop)
    {
        var found = new List<JsonObject>();
        while (found.Count < most)
        {
            var count = Math.Min(100, most - found.Count);
            var path = string.Create(
                CultureInfo.InvariantCulture, $"{Routes.Scim}/{collection}?attributes={attributes}&startIndex={found.Count + 1}&count={count}");
            var page = (await workspace.GetAsync(path, stop)).Items("Resources").ToList();
            found.AddRange(page);
            if (page.Count == 0)
            {
                break;
            }
        }

        return found;
    }
}
