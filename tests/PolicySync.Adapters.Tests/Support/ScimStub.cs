using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PolicySync.Adapters.Tests.Support;

/// <summary>A SCIM service over lists that a test may change between requests.</summary>
internal sealed class ScimStub
{
    public List<object> Users { get; } = [];

    public List<object> ServicePrincipals { get; } = [];

    public List<object> Groups { get; } = [];

    public Func<HttpResponseMessage> Me { get; set; } = () => StubWorkspace.Json("""{"id":"me","userName":"app-self","groups":[{"display":"admins"},{"display":"syncers"}]}""");

    /// <summary>Answers for single groups, by id.</summary>
    public Dictionary<string, Func<HttpResponseMessage>> Single { get; } = new(StringComparer.Ordinal);

    /// <summary>Called before each page is cut.</summary>
    public Action<SeenRequest> BeforePage { get; set; } = _ => { };

    public HttpResponseMessage Answer(SeenRequest request)
    {
        var collection = request.Path.Split('/')[^1];
        if (collection == "Me")
        {
            return Me();
        }

        if (Single.TryGetValue(collection, out var single))
        {
            return single();
        }

        if (request.Path.Contains("/Groups/", StringComparison.Ordinal))
        {
            // As the workspace answers about an empty group: without members.
            var listed = Groups.Select(group => JsonSerializer.SerializeToNode(group)!)
                .First(group => (string?)group["id"] == Uri.UnescapeDataString(collection)).AsObject();
            if (listed["members"] is JsonArray { Count: 0 })
            {
                listed.Remove("members");
            }

            return StubWorkspace.Json(listed.ToJsonString());
        }

        BeforePage(request);
        var all = collection switch
        {
            "Users" => Users,
            "ServicePrincipals" => ServicePrincipals,
            "Groups" => Groups,
            _ => throw new InvalidOperationException(request.Line),
        };
        var start = int.Parse(request.Query("startIndex")!, CultureInfo.InvariantCulture);
        var page = all.Skip(start - 1).Take(int.Parse(request.Query("count")!, CultureInfo.InvariantCulture)).ToList();
        return StubWorkspace.Json(JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["schemas"] = new[] { "urn:ietf:params:scim:api:messages:2.0:ListResponse" },
            ["Resources"] = page,
            ["totalResults"] = all.Count,
            ["startIndex"] = start,
            ["itemsPerPage"] = page.Count,
        }));
    }

    public static object User(string id, string userName, bool active = true, params string[] groups) =>
        new { id, userName, active, displayName = "x", groups = In(groups) };

    public static object ServicePrincipal(string id, string applicationId, params string[] groups) =>
        new { id, applicationId, active = true, groups = In(groups) };

    public static object Group(string id, string displayName, string? resourceType, params string[] members) => new
    {
        id,
        displayName,
        meta = resourceType is null ? null : new { resourceType },
        members = members.Select(value => new { value, display = "x" }),
    };

    private static IEnumerable<object> In(string[] groups) => groups.Select(value => new { value, display = "x", type = "direct" });
}
