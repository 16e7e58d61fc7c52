using PolicySync.Deploy.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace PolicySync.Deploy.Tests.Chart;

/// <summary>
/// <c>caBundle</c>: real processes with the rendered settings trust servers of a private authority, and still those of the
/// system's. The system's folder of certificates is replaced for the processes alone, by one with an authority of the test.
/// </summary>
public sealed class PrivateCa : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("policysync-ca-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [RootFact("/usr/bin/unshare")]
    public async Task A_private_authority_is_trusted_besides_those_of_the_system()
    {
        using var system = new PrivateAuthority("System");
        using var company = new PrivateAuthority("Company");
        var certificates = Directory.CreateDirectory(Path.Combine(_folder, "system")).FullName;
        await File.WriteAllTextAsync(Path.Combine(certificates, "ca-certificates.crt"), system.Pem);
        await using var known = new TlsServer(system.Server);
        await using var own = new TlsServer(company.Server);
        var bundle = await BundleAsync(company.Pem);

        Assert.False(await IsReachedAsync(own, certificates, new Dictionary<string, string>()));
        Assert.True(await IsReachedAsync(own, certificates, bundle));
        Assert.True(await IsReachedAsync(known, certificates, bundle));
        Assert.True(await IsReachedAsync(known, certificates, new Dictionary<string, string>()));
    }

    [Fact]
    public async Task Every_container_of_the_service_and_of_helm_test_has_the_bundle()
    {
        var objects = await Example.Of("26-helm-test.yaml").ObjectsAsync();
        var containers = objects.Select(Json.Of).Select(Json.PodOf).OfType<System.Text.Json.Nodes.JsonNode>().SelectMany(Json.ContainersOf).ToList();

        Assert.Equal(4, containers.Count);
        Assert.All(containers, container => Assert.Contains(container["env"].Items(), variable => variable["name"].Text() == "SSL_CERT_FILE" && variable["value"].Text() == "/etc/policy-sync/ca/ca.crt"));
        Assert.All(containers, container => Assert.Contains(container["volumeMounts"].Items(), mount => mount["name"].Text() == "ca" && mount["mountPath"].Text() == "/etc/policy-sync/ca"));
    }

    // The variables of a rendered container that concern certificates, with the ConfigMap mounted as the kubelet does it: by links.
    private async Task<Dictionary<string, string>> BundleAsync(string pem)
    {
        var values = Path.Combine(_folder, "ca.yaml");
        await File.WriteAllTextAsync(values, $"caBundle:\n  pem: |\n    {pem.Replace("\n", "\n    ", StringComparison.Ordinal)}\n");
        var objects = await Helm.ObjectsAsync([.. Example.Of("01-split-token.yaml").Files, values]);
        var silo = objects.Single(item => item.Kind == "Deployment" && item.Name.EndsWith("-silo", StringComparison.Ordinal));
        string[] pod = ["spec", "template", "spec"];
        var mount = ((YamlSequenceNode)silo.At([.. pod, "containers", "0", "volumeMounts"])!).Single(item => $"{item["name"]}" == "ca");
        var volume = ((YamlSequenceNode)silo.At([.. pod, "volumes"])!).Single(item => $"{item["name"]}" == "ca");
        var item = Assert.Single((YamlSequenceNode)volume["configMap"]["items"]);
        var text = objects.Single(item => item.Kind == "ConfigMap" && item.Name == $"{volume["configMap"]["name"]}").TextAt("data", $"{item["key"]}")!;

        var mounted = Directory.CreateDirectory(Path.Combine(_folder, "mounted", "..2026_01_01")).FullName;
        await File.WriteAllTextAsync(Path.Combine(mounted, $"{item["path"]}"), text);
        File.CreateSymbolicLink(Path.Combine(_folder, "mounted", "..data"), "..2026_01_01");
        File.CreateSymbolicLink(Path.Combine(_folder, "mounted", $"{item["path"]}"), $"..data/{item["path"]}");
        var variables = ((YamlSequenceNode)silo.At([.. pod, "containers", "0", "env"])!).Cast<YamlMappingNode>()
            .Where(variable => $"{variable["name"]}".StartsWith("SSL_CERT_", StringComparison.Ordinal))
            .ToDictionary(variable => $"{variable["name"]}", variable => $"{variable["value"]}".Replace($"{mount["mountPath"]}", Path.Combine(_folder, "mounted"), StringComparison.Ordinal));
        Assert.NotEmpty(variables);
        return variables;
    }

    // The host itself calls the workspace, by its contract check. What it makes of the answer is not asked here.
    private static async Task<bool> IsReachedAsync(TlsServer server, string certificates, Dictionary<string, string> environment)
    {
        var before = server.Requests;
        var ended = await Command.RunAsync(
            "unshare",
            [
                "--mount", "--propagation", "private", "sh", "-c", "mount --bind \"$0\" /etc/ssl/certs && exec \"$@\"", certificates,
                "dotnet", Repository.Program("PolicySync.Host"), "contract-check", "--catalog", "main",
            ],
            new Dictionary<string, string>(environment) { ["PolicySync__Workspace__Host"] = server.Url.ToString(), ["PolicySync__Workspace__Token"] = "dapi-test" });
        Assert.DoesNotContain("mount:", ended.Error, StringComparison.Ordinal);
        return server.Requests > before;
    }
}
