using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace PolicySync.Deploy.Tests.Support;

/// <summary>
/// What a container of a rendered deployment would see, on this machine: its environment, with mounted objects as files
/// below a folder, and with ports and addresses of its own, as pods have them.
/// </summary>
internal sealed record RenderedPod(IReadOnlyDictionary<string, string> Environment, Uri Url)
{
    private const string Mounts = "/etc/policy-sync/";

    public static RenderedPod Of(IReadOnlyList<RenderedObject> objects, string folder, string policyFolder, string connectionString)
    {
        var deployment = objects.First(item => item.Kind == "Deployment");
        var settings = objects.Single(item => item.Kind == "ConfigMap" && item.Name == "policy-sync-test").At("data")!;
        var environment = ((YamlMappingNode)settings).Children.ToDictionary(pair => $"{pair.Key}", pair => $"{pair.Value}", StringComparer.Ordinal);
        foreach (var variable in (YamlSequenceNode)deployment.At("spec", "template", "spec", "containers", "0", "env")!)
        {
            var children = ((YamlMappingNode)variable).Children;
            var name = $"{children["name"]}";
            environment[name] = children.TryGetValue("value", out var value) ? $"{value}"
                : name.EndsWith("AdvertisedAddress", StringComparison.Ordinal) ? "127.0.0.1"
                : name.EndsWith("ConnectionString", StringComparison.Ordinal) ? connectionString
                : throw new InvalidOperationException($"{name} comes from elsewhere");
        }

        var root = Directory.CreateDirectory(Path.Combine(folder, "mounts")).FullName;
        foreach (var (path, text) in FilesOf(objects))
        {
            var file = Path.Combine(root, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }

        foreach (var (name, value) in environment.Where(pair => pair.Value.StartsWith(Mounts, StringComparison.Ordinal)).ToList())
        {
            environment[name] = value == Mounts + "policies" ? policyFolder : Path.Combine(root, value[Mounts.Length..]);
        }

        var (http, silo, gateway) = (FreePort.Next(), FreePort.Next(), FreePort.Next());
        var url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{http}");
        environment["ASPNETCORE_URLS"] = url;
        environment["PolicySync__Cluster__SiloPort"] = silo.ToString(CultureInfo.InvariantCulture);
        environment["PolicySync__Cluster__GatewayPort"] = gateway.ToString(CultureInfo.InvariantCulture);
        environment["PolicySync__Storage__TablePrefix"] = $"C{Guid.NewGuid():N}"[..12];
        environment["PolicySync__Cluster__ClusterId"] += Guid.NewGuid().ToString("N");
        return new RenderedPod(environment, new Uri(url));
    }

    // Objects that the chart makes itself; the mount path of each is told by the deployment's own volumes.
    private static IEnumerable<(string Path, string Text)> FilesOf(IReadOnlyList<RenderedObject> objects)
    {
        foreach (var item in objects.Where(item => item.Kind is "Secret" or "ConfigMap"))
        {
            var folder = item.Name switch
            {
                "policy-sync-test-token-keys" => "keys",
                "policy-sync-test-workspace-token" => "secrets/workspace-token",
                _ => null,
            };
            if (folder is null)
            {
                continue;
            }

            foreach (var (key, value) in ((YamlMappingNode)item.At(item.Kind == "Secret" ? "stringData" : "data")!).Children)
            {
                yield return ($"{folder}/{key}", $"{value}");
            }
        }
    }
}
