using System.Security.Cryptography;
using YamlDotNet.RepresentationModel;

namespace PolicySync.Deploy.Tests.Support;

/// <summary>The variables of a rendered deployment's container, with those of a pod and of secrets made up.</summary>
internal static class RenderedEnvironment
{
    private const string Hub = "Endpoint=sb://ns.servicebus.windows.net/;SharedAccessKeyName=a;SharedAccessKey=YQ==";

    private static readonly string[] Mounts = ["/etc/policy-sync/", "/var/cache/policy-sync"];

    public static Dictionary<string, string> Of(IReadOnlyList<RenderedObject> objects, RenderedObject deployment)
    {
        var settings = objects.Single(item => item.Kind == "ConfigMap" && item.TextAt("data", "PolicySync__Instance") is not null);
        var environment = ((YamlMappingNode)settings.At("data")!).Children.ToDictionary(pair => $"{pair.Key}", pair => $"{pair.Value}", StringComparer.Ordinal);
        foreach (var variable in ((YamlSequenceNode)deployment.At("spec", "template", "spec", "containers", "0", "env")!).Cast<YamlMappingNode>())
        {
            var name = $"{variable["name"]}";
            environment[name] = variable.Children.TryGetValue("value", out var value) ? $"{value}"
                : name.EndsWith("AdvertisedAddress", StringComparison.Ordinal) ? "10.0.0.1"
                : name.Contains("Audit", StringComparison.Ordinal) ? Hub
                : "UseDevelopmentStorage=true";
        }

        return environment;
    }

    /// <summary>Makes what the variables name as files and folders of mounts, below <paramref name="root"/>, and names it there.</summary>
    public static void Mount(Dictionary<string, string> environment, string root)
    {
        foreach (var (name, path) in environment.Where(pair => Array.Exists(Mounts, mount => pair.Value.StartsWith(mount, StringComparison.Ordinal))).ToList())
        {
            var target = Path.Combine(root, path.TrimStart('/'));
            environment[name] = target;
            if (name.EndsWith("Folder", StringComparison.Ordinal))
            {
                Directory.CreateDirectory(target);
                continue;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllText(target, TextOf(name));
        }
    }

    private static string TextOf(string variable)
    {
        if (variable.EndsWith("PublicKeyFile", StringComparison.Ordinal))
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            return key.ExportSubjectPublicKeyInfoPem();
        }

        return variable.Contains("Webhooks", StringComparison.Ordinal) ? $"whsec_{Convert.ToBase64String(new byte[32])}"
            : variable.Contains("EventHub", StringComparison.Ordinal) ? Hub
            : "a-secret-of-enough-length";
    }
}
