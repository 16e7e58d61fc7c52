using PolicySync.Deploy.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace PolicySync.Deploy.Tests.Chart;

/// <summary>What the pod of <c>helm test</c> runs, against a host with the rendered settings.</summary>
public sealed class HelmTestPod(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private const string Program = "/app/cli/policysync";

    private static readonly string Cli = Path.Combine(Path.GetDirectoryName(Repository.Program("PolicySync.Cli"))!, "policysync.dll");

    [Fact]
    public async Task It_passes_with_and_without_a_token_and_fails_where_nothing_answers()
    {
        await using var emulator = await Emulator.StartAsync();
        using var policies = new PolicyFolder();
        policies.Allow("read", "main.sales.customers", "select", "@analysts").Publish();
        using var folder = new DeploymentFolder();
        folder.With("instance1", DeploymentFolder.Sample, Values(emulator));
        var setup = await folder.SetupAsync();
        Assert.True(setup.Code == 0, setup.All);
        string[] withToken = ["tests.token.existingSecret=test-token", "tests.securable.type=table", "tests.securable.name=main.sales.customers"];
        var files = folder.ValueFiles("instance1");
        var pod = RenderedPod.Of(await Helm.ObjectsAsync(files), folder.Root, policies.Folder, azurite.ConnectionString);
        var token = folder.At("config/api-server-keys/connector/databricks-unity-catalog/instance1/jwt/connector-databricks-unity-catalog-instance1-jwt-token.txt");

        var nothing = await RunAsync(files, [], pod.Url, token, folder.Root);
        Assert.Contains(nothing, ended => ended.Code != 0);

        await using var host = ChildProcess.StartDotnet(Repository.Program("PolicySync.Host"), [], pod.Environment);
        using var http = new HttpClient { BaseAddress = pod.Url };
        await HostFromChart.ReadyAsync(http, host);

        var without = Assert.Single(await RunAsync(files, [], pod.Url, token, folder.Root));
        Assert.True(without.Code == 0, without.All);
        Assert.Contains("network: connects", without.Output, StringComparison.Ordinal);
        var with = await RunAsync(files, withToken, pod.Url, token, folder.Root);
        Assert.Equal(2, with.Count);
        Assert.All(with, ended => Assert.True(ended.Code == 0, ended.All));
        Assert.Contains("GRANT SELECT analysts", with[1].Output, StringComparison.Ordinal); // planned, as it is in the policies
        var again = await RunAsync(files, withToken, pod.Url, token, folder.Root);
        Assert.Contains("GRANT SELECT analysts", again[1].Output, StringComparison.Ordinal); // and not done
    }

    // Init containers run one after another before the container, as the kubelet runs them.
    private static async Task<IReadOnlyList<Ended>> RunAsync(IEnumerable<string> files, string[] settings, Uri url, string token, string home)
    {
        var pod = (await Helm.ObjectsAsync(files, settings)).Single(item => item.Kind == "Pod");
        var ended = new List<Ended>();
        foreach (var container in new[] { "initContainers", "containers" }.SelectMany(kind => (IEnumerable<YamlNode>?)(pod.At("spec", kind) as YamlSequenceNode) ?? []))
        {
            Assert.Equal(Program, Assert.Single((YamlSequenceNode)container["command"]).ToString());
            var environment = ((YamlSequenceNode)container["env"]).ToDictionary(variable => $"{variable["name"]}", variable => $"{variable["name"]}" switch
            {
                "POLICYSYNC_URL" => url.ToString(),
                "POLICYSYNC_TOKEN_FILE" => token,
                "HOME" => home,
                _ => $"{variable["value"]}",
            });
            ended.Add(await Command.RunAsync("dotnet", [Cli, .. ((YamlSequenceNode)container["args"]).Select(word => $"{word}")], environment));
        }

        return ended;
    }

    private static string Values(Emulator emulator) => $$"""
        mode: Single
        config:
          Workspace: {Host: "{{emulator.Url}}" }
        secrets: {workspaceToken: {value: dapi-emulator-policysync}, storageConnectionString: {existingSecret: storage} }
        policyFolder: {existingClaim: policies}
        service: {allowPlaintext: true}
        """;
}
