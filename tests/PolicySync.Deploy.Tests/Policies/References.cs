using System.Text.Json.Nodes;
using PolicySync.Deploy.Tests.Support;

namespace PolicySync.Deploy.Tests.Policies;

/// <summary>References among the objects of a release, which no schema checks.</summary>
internal static class References
{
    private const string Release = "policy-sync-test";

    public static IEnumerable<string> Faults(IReadOnlyList<JsonObject> objects) => objects.SelectMany(item => (item["kind"].Text() switch
    {
        "Service" => OfService(item, objects),
        "PodDisruptionBudget" => Selected(item["spec"]!["selector"]!["matchLabels"], objects).Any() ? [] : ["selects no pod"],
        "NetworkPolicy" => Selected(item["spec"]!["podSelector"]!["matchLabels"], objects).Any() ? [] : ["selects no pod"],
        "HorizontalPodAutoscaler" or "ScaledObject" => Has(objects, "Deployment", item["spec"]!["scaleTargetRef"]!["name"]) ? [] : ["has no target"],
        "Ingress" => item["spec"]!["rules"].Items().SelectMany(rule => rule["http"]!["paths"].Items()).Select(path => path["backend"]!["service"]!)
            .SelectMany(service => PortOf(objects, service["name"], port => port["name"].Text() == service["port"]!["name"].Text()) ? [] : new[] { "has no backend" }),
        "HTTPRoute" => item["spec"]!["rules"].Items().SelectMany(rule => rule["backendRefs"].Items())
            .SelectMany(backend => PortOf(objects, backend["name"], port => port["port"].Text() == backend["port"].Text()) ? [] : new[] { "has no backend" }),
        "Deployment" or "Pod" => OfPod(Json.PodOf(item)!, objects),
        _ => [],
    }).Select(fault => $"{Practices.NameOf(item)}: {fault}"));

    private static IEnumerable<string> OfService(JsonObject service, IReadOnlyList<JsonObject> objects)
    {
        var pods = Selected(service["spec"]!["selector"], objects).ToList();
        if (pods.Count == 0)
        {
            yield return "selects no pod";
        }

        foreach (var port in service["spec"]!["ports"].Items())
        {
            if (!pods.TrueForAll(pod => pod["containers"].Items().Any(container => container["ports"].Items().Any(known => known["name"].Text() == port["targetPort"].Text()))))
            {
                yield return $"no pod has the port {port["targetPort"].Text()}";
            }
        }
    }

    // What has the release's name is made by the release; other objects are the user's.
    private static IEnumerable<string> OfPod(JsonNode pod, IReadOnlyList<JsonObject> objects)
    {
        var named = pod["volumes"].Items().SelectMany(volume => new[] { ("ConfigMap", volume["configMap"]?["name"]), ("Secret", volume["secret"]?["secretName"]) })
            .Concat(Json.ContainersOf(pod).SelectMany(container => container["envFrom"].Items()).Select(source => ("ConfigMap", source["configMapRef"]?["name"])))
            .Concat(Json.ContainersOf(pod).SelectMany(container => container["env"].Items()).Select(variable => ("Secret", variable["valueFrom"]?["secretKeyRef"]?["name"])))
            .Append(("ServiceAccount", pod["serviceAccountName"]));
        return named.Where(reference => reference.Item2.Text()?.StartsWith(Release, StringComparison.Ordinal) ?? false)
            .Where(reference => !Has(objects, reference.Item1, reference.Item2)).Select(reference => $"there is no {reference.Item1} {reference.Item2.Text()}");
    }

    private static bool Has(IReadOnlyList<JsonObject> objects, string kind, JsonNode? name) =>
        objects.Any(item => item["kind"].Text() == kind && item["metadata"]!["name"].Text() == name.Text());

    private static bool PortOf(IReadOnlyList<JsonObject> objects, JsonNode? service, Func<JsonNode, bool> isIt) =>
        objects.Any(item => item["kind"].Text() == "Service" && item["metadata"]!["name"].Text() == service.Text() && item["spec"]!["ports"].Items().Any(isIt));

    private static IEnumerable<JsonNode> Selected(JsonNode? selector, IReadOnlyList<JsonObject> objects) => objects
        .Where(item => Json.PodOf(item) is not null && Practices.Selects(selector, (item["kind"].Text() == "Pod" ? item["metadata"] : item["spec"]!["template"]!["metadata"])!["labels"]))
        .Select(item => Json.PodOf(item)!);
}
