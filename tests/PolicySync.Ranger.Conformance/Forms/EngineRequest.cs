using System.Text.Json.Nodes;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Json;
using PolicySync.Ranger.Matching;

namespace PolicySync.Ranger.Conformance;

/// <summary>Reads the requests of engine tests.</summary>
internal static class EngineRequest
{
    // The day does not matter to any file, as long as it is the same one in every run.
    private static readonly DateTimeOffset Today = new(2026, 1, 15, 12, 0, 0, TimeSpan.Zero);

    public static AccessRequest Of(JsonNode request)
    {
        var context = request["context"];
        var tags = RequestTags.Read(context);

        // Ranger's runner copies a request that brings tags or further resources along, and the copy knows only some of it.
        var isCopy = tags is not null || context.Member("REQUESTED_RESOURCES") is not null;
        return new AccessRequest
        {
            Resource = TestJson.Resource(request["resource"]),
            AccessType = request["accessType"].Text(),
            User = request["user"].Text(),
            UserGroups = request["userGroups"].Texts(),
            UserRoles = isCopy ? [] : request["userRoles"].Texts(),
            AccessTime = request["accessTime"].Text() is { } time ? RangerDate.Parse(time) ?? Today : Today,
            Tags = tags,
            IncludesDescendants = !isCopy && request["resourceMatchingScope"].Text() == "SELF_OR_DESCENDANTS",
            ElementScopes = isCopy ? null : request["resourceElementMatchingScopes"].Members()
                .ToDictionary(m => m.Key, m => ScopeOf(m.Value.Text())),
            Context = context.Members().Where(m => m.Value is JsonValue).ToDictionary(m => m.Key, m => m.Value.Text()!),
            ClientAddress = ClientAddress.Of(request),
            RequestedResources = RequestedOf(context.Member("REQUESTED_RESOURCES").Text()),
            AllAccessTypes = context.Member("ALLACCESSTYPES").Texts(),
            AllAccessTypeGroups = [.. context.Member("ALLACCESSTYPEGROUPS").Items().Select(g => g.Texts())],
            IgnoreIfNotDenied = context.Member("IGNOREIFNOTDENIEDACCESSTYPES").Texts(),
            IsAnyOfAll = context.Member("ISANYACCESS").Flag(),
            IgnoresDescendantDeny = isCopy || (request["isDescendantDenyIgnored"] ?? request["ignoreDescendantDeny"]) is not { } ignores || ignores.Flag(),
        };
    }

    // JSON inside text, as tags are.
    private static List<RangerResource> RequestedOf(string? text) =>
        string.IsNullOrWhiteSpace(text) ? [] : [.. TestJson.Parse(text).Member("requestedResources").Items().Select(TestJson.Resource)];

    // A name that Ranger's enumeration does not have reads as the default, as Gson has it.
    private static ElementScope ScopeOf(string? name) => name switch
    {
        "SELF_OR_CHILD" => ElementScope.SelfOrChild,
        "SELF_OR_PREFIX" => ElementScope.SelfOrPrefix,
        _ => ElementScope.Self,
    };
}
