using Microsoft.Extensions.Configuration;
using PolicySync.Deploy.Tests.Support;
using PolicySync.Host.Configuration;

namespace PolicySync.Deploy.Tests.Chart;

/// <summary>No example makes pods that end with a fault of their configuration.</summary>
public sealed class AcceptedSettings : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("policysync-settings-").FullName;

    public static TheoryData<string> Examples => Example.Names;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task The_service_accepts_the_settings_of_every_pod(string example)
    {
        var objects = await Example.Of(example).ObjectsAsync();
        var deployments = objects.Where(item => item.Kind == "Deployment").ToList();

        Assert.NotEmpty(deployments);
        foreach (var deployment in deployments)
        {
            Assert.Empty(Faults(RenderedEnvironment.Of(objects, deployment), deployment).Select(fault => $"{deployment.Name}: {fault}"));
        }
    }

    [Fact]
    public async Task A_setting_that_the_service_refuses_is_found_here()
    {
        var objects = await Helm.ObjectsAsync(Example.Of("01-split-token.yaml").Files, "config.Tasks.MaxAge=00:00:00");
        var silo = objects.Single(item => item.Kind == "Deployment" && item.Name.EndsWith("-silo", StringComparison.Ordinal));
        Assert.Contains("PolicySync:Tasks:MaxAge", Assert.Single(Faults(RenderedEnvironment.Of(objects, silo), silo)), StringComparison.Ordinal);
    }

    private List<string> Faults(Dictionary<string, string> environment, RenderedObject deployment)
    {
        RenderedEnvironment.Mount(environment, Path.Combine(_folder, deployment.Name));
        if (deployment.TextAt("spec", "template", "metadata", "labels", "azure.workload.identity/use") == "true")
        {
            // What Azure's webhook adds to such pods.
            environment["AZURE_TENANT_ID"] = "00000000-0000-0000-0000-000000000003";
            environment["AZURE_CLIENT_ID"] = "00000000-0000-0000-0000-000000000002";
            environment["AZURE_FEDERATED_TOKEN_FILE"] = Path.Combine(_folder, "token");
            File.WriteAllText(environment["AZURE_FEDERATED_TOKEN_FILE"], "token");
        }

        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(environment.ToDictionary(pair => pair.Key.Replace("__", ":", StringComparison.Ordinal), pair => (string?)pair.Value)).Build();
        return [.. Settings.Read(configuration).Faults.Select(fault => fault.ToString())];
    }
}
