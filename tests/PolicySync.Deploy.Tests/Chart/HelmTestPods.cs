using System.Globalization;
using PolicySync.Deploy.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace PolicySync.Deploy.Tests.Chart;

/// <summary>What the pods of <c>helm test</c> run, against a host with the rendered settings.</summary>
public sealed class HelmTestPods(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private const string Program = "/app/cli/policysync";

    private static readonly string Cli = Path.Combine(Path.GetDirectoryName(Repository.Program("PolicySync.Cli"))!, "policysync.dll");

    [Fact]
    public async Task They_pass_with_and_without_a_token_and_fail_where_nothing_answers()
    {
        await using var emulator = await Emulator.StartAsync();
        using var policies = new PolicyFolder();
        policies.Allow("read", "main.sales.customers", "select", "@analysts").Publish();
        using var folder = new DeploymentFolder();
        folder.With("instance1", DeploymentFolder.Sample, HostFromChart.Values(emulator));
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

    // One after another, in the order of their weights, as Helm runs them.
    private static async Task<IReadOnlyList<Ended>> RunAsync(IEnumerable<string> files, string[] settings, Uri url, string token, string home)
    {
        var pods = (await Helm.ObjectsAsync(files, settings)).Where(item => item.TextAt("metadata", "annotations", "helm.sh/hook") == "test");
        var ended = new List<Ended>();
        foreach (var pod in pods.OrderBy(item => int.Parse(item.TextAt("metadata", "annotations", "helm.sh/hook-weight")!, CultureInfo.InvariantCulture)))
        {
            var container = Assert.Single((YamlSequenceNode)pod.At("spec", "containers")!);
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
}
