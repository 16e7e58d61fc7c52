using System.Text.Json.Nodes;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.ServiceDefs;
using PolicySync.Ranger.Tags;

namespace PolicySync.Ranger.Conformance;

/// <summary><c>{serviceDef, tags, serviceResources, resourceToTagIds, tests: [{resource, accessType, result}]}</c>: tags of resources.</summary>
internal static class TagEnricherForm
{
    public static IEnumerable<ConformanceCase> Run(JsonNode root)
    {
        var levels = new ServiceModel(root["serviceDef"]!.As<RangerServiceDef>()).LevelsFor(RangerPolicy.AccessType);
        var store = new TagStore(root.As<ServiceTags>(), levels);
        foreach (var test in root["tests"].Items())
        {
            var name = test["name"].Text() ?? "?";
            yield return ConformanceCase.Guard(name, () =>
            {
                var isAny = test["accessType"].Text() is null or "" or AccessRequest.AnyAccess;
                var tags = store.TagsOf(TestJson.Resource(test["resource"]), isAny, scopes: null, MatchContext.None);
                return ConformanceCase.Compare(
                    name, Line(test["result"].Items().Select(t => t["type"].Text()!)), Line(tags.Select(t => t.Type)));
            });
        }
    }

    private static string Line(IEnumerable<string> types) => string.Join(',', types.Order(StringComparer.Ordinal));
}
