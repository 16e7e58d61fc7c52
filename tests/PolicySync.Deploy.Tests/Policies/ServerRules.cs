using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PolicySync.Deploy.Tests.Support;

namespace PolicySync.Deploy.Tests.Policies;

/// <summary>
/// What the API server checks beyond types, and references among the objects of a release that it does not check and that
/// leave pods pending or services without pods. Source: the field descriptions of the API and the concept pages on names,
/// labels, ConfigMaps and probes at kubernetes.io/docs.
/// </summary>
internal static partial class ServerRules
{
    private const int LargestConfigMap = 1 << 20;

    /// <summary>Faults of one object.</summary>
    public static IEnumerable<string> Of(JsonObject item)
    {
        var kind = item["kind"].Text()!;
        var metadata = item["metadata"]!;
        var name = metadata["name"].Text()!;
        if (!Subdomain().IsMatch(name) || name.Length > (kind == "Service" ? 63 : 253))
        {
            yield return $"name {name}";
        }

        foreach (var labels in new[] { metadata["labels"], item["spec"]?["template"]?["metadata"]?["labels"] }.OfType<JsonObject>())
        {
            foreach (var (key, value) in labels.Where(pair => !QualifiedName().IsMatch(pair.Key) || !LabelValue().IsMatch(pair.Value.Text() ?? "") || pair.Value is JsonValue v && v.GetValueKind() != System.Text.Json.JsonValueKind.String))
            {
                yield return $"label {key}: {value}";
            }
        }

        foreach (var annotations in new[] { metadata["annotations"], item["spec"]?["template"]?["metadata"]?["annotations"] }.OfType<JsonObject>())
        {
            foreach (var (key, _) in annotations.Where(pair => !QualifiedName().IsMatch(pair.Key) || pair.Value?.GetValueKind() != System.Text.Json.JsonValueKind.String))
            {
                yield return $"annotation {key}";
            }
        }

        if (kind is "ConfigMap" or "Secret")
        {
            var data = item["data"] as JsonObject ?? item["stringData"] as JsonObject ?? [];
            foreach (var (key, value) in data.Where(pair => !ConfigKey().IsMatch(pair.Key) || pair.Value?.GetValueKind() != System.Text.Json.JsonValueKind.String))
            {
                yield return $"key {key}";
            }

            if (data.Sum(pair => pair.Value.Text()?.Length ?? 0) > LargestConfigMap)
            {
                yield return "larger than 1 MiB";
            }
        }

        if (kind == "Deployment" && !Practices.Selects(item["spec"]!["selector"]!["matchLabels"], item["spec"]!["template"]!["metadata"]!["labels"]))
        {
            yield return "the selector does not select the template";
        }

        if (item["spec"]?["strategy"] is { } strategy && (strategy["type"].Text() == "Recreate"
            ? strategy["rollingUpdate"] is not null
            : strategy["rollingUpdate"]?["maxSurge"].Text() is "0" or "0%" && strategy["rollingUpdate"]?["maxUnavailable"].Text() is "0" or "0%"))
        {
            yield return "strategy";
        }

        foreach (var fault in Json.PodOf(item) is { } pod ? OfPod(pod) : [])
        {
            yield return fault;
        }
    }

    private static IEnumerable<string> OfPod(JsonNode pod)
    {
        var volumes = pod["volumes"].Items().Select(volume => volume["name"].Text()!).ToList();
        foreach (var name in Repeated(volumes).Concat(Repeated(Json.ContainersOf(pod).Select(container => container["name"].Text()!))))
        {
            yield return $"{name} is there twice";
        }

        foreach (var name in volumes.Where(name => !Label().IsMatch(name)))
        {
            yield return $"volume {name}";
        }

        foreach (var fault in Json.ContainersOf(pod).SelectMany(container => OfContainer(container, volumes).Concat(OfProbes(container))))
        {
            yield return fault;
        }
    }

    private static IEnumerable<string> OfContainer(JsonNode container, List<string> volumes)
    {
        foreach (var mount in container["volumeMounts"].Items().Where(mount => !volumes.Contains(mount["name"].Text()!)))
        {
            yield return $"no volume {mount["name"].Text()}";
        }

        foreach (var path in Repeated(container["volumeMounts"].Items().Select(mount => mount["mountPath"].Text()!)))
        {
            yield return $"{path} is mounted twice";
        }

        foreach (var name in Repeated(container["env"].Items().Select(variable => variable["name"].Text()!)))
        {
            yield return $"variable {name} is there twice";
        }

        foreach (var variable in container["env"].Items().Where(variable => !VariableName().IsMatch(variable["name"].Text()!)
            || (variable["value"] is JsonValue value && value.GetValueKind() != System.Text.Json.JsonValueKind.String)))
        {
            yield return $"variable {variable["name"].Text()}";
        }

        foreach (var port in container["ports"].Items().Where(port => port["name"].Text() is { } name && !PortName().IsMatch(name)))
        {
            yield return $"port {port["name"].Text()}";
        }
    }

    private static IEnumerable<string> OfProbes(JsonNode container)
    {
        var ports = container["ports"].Items().ToList();
        foreach (var probe in new[] { "startupProbe", "livenessProbe", "readinessProbe" }.Select(name => container[name]).OfType<JsonNode>())
        {
            var port = (probe["httpGet"] ?? probe["tcpSocket"])?["port"];
            if (port is JsonValue named && named.GetValueKind() == System.Text.Json.JsonValueKind.String && !ports.Exists(known => known["name"].Text() == port.Text()))
            {
                yield return $"a probe asks port {port.Text()}, which the container does not name";
            }

            if (new[] { "httpGet", "tcpSocket", "exec", "grpc" }.Count(handler => probe[handler] is not null) != 1)
            {
                yield return "a probe has not one handler";
            }
        }

        foreach (var (resource, request) in container["resources"]?["requests"] as JsonObject ?? [])
        {
            if (!Quantity().IsMatch(request.Text()!))
            {
                yield return $"{resource} {request}";
            }
        }
    }

    private static IEnumerable<string> Repeated(IEnumerable<string> names) => names.GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key);

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Subdomain();

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Label();

    [GeneratedRegex("^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex QualifiedName();

    [GeneratedRegex("^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LabelValue();

    [GeneratedRegex("^[-._a-zA-Z0-9]{1,253}$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ConfigKey();

    [GeneratedRegex("^[-._a-zA-Z][-._a-zA-Z0-9]*$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex VariableName();

    [GeneratedRegex("^(?=.*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PortName();

    [GeneratedRegex("^[0-9]+(\\.[0-9]+)?(m|k|Ki|M|Mi|G|Gi|T|Ti)?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Quantity();
}
