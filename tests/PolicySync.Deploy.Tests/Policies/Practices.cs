using System.Text.Json.Nodes;
using PolicySync.Deploy.Tests.Support;

namespace PolicySync.Deploy.Tests.Policies;

/// <summary>
/// What clusters commonly require by policy engines. The names are those of the policies that Kyverno publishes
/// (github.com/kyverno/policies: best-practices, and of other the ones for every workload); the rules are written anew from their descriptions.
/// </summary>
internal static class Practices
{
    private static readonly string[] Labels = ["app.kubernetes.io/name", "app.kubernetes.io/instance"];

    /// <summary>Rules over one object; a rule about another kind holds.</summary>
    public static IReadOnlyDictionary<string, Func<JsonObject, bool>> OfObjects { get; } = new Dictionary<string, Func<JsonObject, bool>>(StringComparer.Ordinal)
    {
        ["disallow-default-namespace"] = item => item["metadata"]!["namespace"].Text() is { } name && name != "default",
        ["require-labels"] = item => Array.TrueForAll(Labels, label => item["metadata"]!["labels"]?[label] is not null),
        ["restrict-node-port"] = item => item["spec"]?["type"].Text() != "NodePort",
        ["restrict-service-external-ips"] = item => item["spec"]?["externalIPs"] is null,
        ["disallow-empty-ingress-host"] = item => item["kind"].Text() != "Ingress" || item["spec"]!["rules"].Items().All(rule => !string.IsNullOrEmpty(rule["host"].Text())),
        ["restrict-ingress-wildcard"] = item => item["kind"].Text() != "Ingress" || item["spec"]!["rules"].Items().All(rule => !(rule["host"].Text() ?? "").Contains('*', StringComparison.Ordinal)),
        ["require-ingress-https"] = item => item["kind"].Text() != "Ingress" || (item["spec"]!["tls"].Items().Any() && item["spec"]!["tls"].Items().All(tls => tls["secretName"] is not null)),
        ["disallow-latest-tag"] = OfContainers((_, container) => HasFixedVersion(container["image"].Text() ?? "")),
        ["require-probes"] = item => item["kind"].Text() != "Deployment"
            || Json.PodOf(item)!["containers"].Items().All(container => container["livenessProbe"] is not null && container["readinessProbe"] is not null),
        ["require-requests-limits"] = OfContainers((_, container) => container["resources"]?["requests"]?["cpu"] is not null
            && container["resources"]?["requests"]?["memory"] is not null && container["resources"]?["limits"]?["memory"] is not null),
        ["require-ro-rootfs"] = OfContainers((_, container) => container["securityContext"]?["readOnlyRootFilesystem"].IsTrue() ?? false),
        ["require-drop-all"] = OfContainers((_, container) => (container["securityContext"]?["capabilities"]?["drop"].Items() ?? []).Any(name => name.Text() == "ALL")),
        ["disallow-secrets-from-env-vars"] = OfContainers((_, container) => container["envFrom"].Items().All(source => source["secretRef"] is null)),
        ["restrict-automount-sa-token"] = item => Json.PodOf(item) is not { } pod || pod["automountServiceAccountToken"].IsFalse(),
        ["disallow-default-serviceaccount"] = item => Json.PodOf(item) is not { } pod || pod["serviceAccountName"].Text() is not (null or "default"),
        ["require-emptydir-requests-and-limits"] = item => Json.PodOf(item) is not { } pod
            || pod["volumes"].Items().All(volume => volume["emptyDir"] is not { } folder || folder["sizeLimit"] is not null),
    };

    /// <summary>Rules over all objects of a release.</summary>
    public static IReadOnlyDictionary<string, Func<IReadOnlyList<JsonObject>, IEnumerable<string>>> OfReleases { get; } =
        new Dictionary<string, Func<IReadOnlyList<JsonObject>, IEnumerable<string>>>(StringComparer.Ordinal)
        {
            ["require-pdb"] = objects => Deployments(objects).Where(item => item["spec"]!["replicas"]?.GetValue<long>() is not 1 && Budgets(objects, item).Count() != 1).Select(NameOf),
            ["pdb-allows-a-drain"] = objects => Deployments(objects).Where(item => Budgets(objects, item).Any(budget => budget["spec"]!["maxUnavailable"].Text() is "0" or "0%")).Select(NameOf),
            ["spread-pods"] = objects => Deployments(objects).Where(item => item["spec"]!["replicas"]?.GetValue<long>() is not 1 && !Json.PodOf(item)!["topologySpreadConstraints"].Items().Any()).Select(NameOf),
            ["require-netpol"] = objects => objects.Any(item => item["kind"].Text() == "NetworkPolicy") ? [] : ["the release"],
        };

    public static string NameOf(JsonObject item) => $"{item["kind"].Text()} {item["metadata"]!["name"].Text()}";

    /// <summary>Whether each pair of a selector is among labels.</summary>
    public static bool Selects(JsonNode? selector, JsonNode? labels) =>
        selector is JsonObject pairs && pairs.All(pair => labels?[pair.Key].Text() == pair.Value.Text());

    private static IEnumerable<JsonObject> Deployments(IReadOnlyList<JsonObject> objects) => objects.Where(item => item["kind"].Text() == "Deployment");

    private static IEnumerable<JsonObject> Budgets(IReadOnlyList<JsonObject> objects, JsonObject deployment) => objects.Where(item =>
        item["kind"].Text() == "PodDisruptionBudget" && Selects(item["spec"]!["selector"]!["matchLabels"], deployment["spec"]!["template"]!["metadata"]!["labels"]));

    private static Func<JsonObject, bool> OfContainers(Func<JsonNode, JsonNode, bool> rule) => item =>
        Json.PodOf(item) is not { } pod || Json.ContainersOf(pod).All(container => rule(pod, container));

    private static bool HasFixedVersion(string image)
    {
        var name = image[(image.LastIndexOf('/') + 1)..];
        return name.Contains('@', StringComparison.Ordinal) || (name.Contains(':', StringComparison.Ordinal) && !name.EndsWith(":latest", StringComparison.Ordinal));
    }
}
