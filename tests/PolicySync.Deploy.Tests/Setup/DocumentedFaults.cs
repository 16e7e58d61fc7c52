using System.Text.RegularExpressions;
using PolicySync.Deploy.Tests.Support;

namespace PolicySync.Deploy.Tests.Setup;

/// <summary>Each row of the table of faults in docs/deployment.md, provoked: the scripts say what the page says.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed partial class DocumentedFaults : IDisposable
{
    private const string Prefix = "CONNECTOR_DATABRICKS_UNITY_CATALOG_";
    private const string Config = "config: {Workspace: {Host: \"https://adb-1.azuredatabricks.net\"}, Policies: {RangerAdmin: {Url: \"https://ranger.example:6182\", ServiceName: uc, Username: sync}}}\n";

    private readonly DeploymentFolder _folder = new();

    private static readonly Dictionary<string, Func<DeploymentFolder, Task<Ended>>> Provoked = new(StringComparer.Ordinal)
    {
        ["no instance in the folder"] = folder => folder.SetupAsync(),
        ["a folder that does not exist"] = folder => Command.RunAsync(Script("setup.sh"), ["--folder", folder.At("nowhere")]),
        ["a misspelt variable"] = folder => Variables(folder, $"{Prefix}API_SERVER_ENABLE: \"true\""),
        ["a variable of the vendor that has another place here"] = folder => Variables(folder, $"{Prefix}HOST_URL: \"https://adb-1.azuredatabricks.net\""),
        ["a switch that is neither true nor false"] = folder => Variables(folder, $"{Prefix}API_SERVER_ENABLED: \"yes\""),
        ["the API without the pipeline"] = folder => Variables(folder, $"{Prefix}API_SERVER_ENABLED: \"true\""),
        ["an ingress without external access"] = folder => Variables(folder, $"{Prefix}K8S_NGINX_INGRESS_ENABLE: \"true\""),
        ["a connection string of another form"] = folder => Variables(folder, "CONNECTOR_ON_DEMAND_V2_AZURE_CONNECTION_STRING: \"x\""),
        ["YAML that cannot be read"] = folder => Variables(folder, "a: b: c"),
        ["the workspace is not named"] = folder => Values(folder, ""),
        ["no credential of the workspace"] = folder => Values(folder, ""),
        ["no storage"] = folder => Values(folder, ""),
        ["no policies"] = folder => Values(folder, ""),
        ["no password for Ranger Admin"] = folder => Values(folder, Config),
        ["a load balancer without a certificate"] = folder => Values(folder, Config),
        ["an ingress without a host"] = folder => Values(folder, Config, DeploymentFolder.Sample.Replace("INGRESS_ENABLE: \"false\"", "INGRESS_ENABLE: \"true\"", StringComparison.Ordinal)),
        ["an image that no registry has"] = folder => Values(folder, Config),
        ["a misspelt value"] = folder => Values(folder, "config: {Workspace: {Hots: x}}\n"),
        ["an upgrade before the set-up"] = folder => folder.RunAsync("upgrade.sh", []),
        ["addresses before the upgrade"] = folder => AfterSetup(folder, "exit 0"),
        ["a cluster that does not answer"] = folder => AfterSetup(folder, "echo 'dial tcp: connection refused' >&2; exit 1"),
        ["a namespace that you may not read"] = folder => AfterSetup(folder, "echo 'Error from server (Forbidden): services is forbidden' >&2; exit 1"),
        ["no helm"] = async folder =>
        {
            await folder.With("instance1", DeploymentFolder.Sample).SetupAsync();
            return await folder.RunAsync("upgrade.sh", [], new Dictionary<string, string> { ["HELM"] = folder.At("nowhere") });
        },
        ["no kubectl"] = folder => folder.RunAsync("post-install.sh", [], new Dictionary<string, string> { ["KUBECTL"] = folder.At("nowhere") }),
    };

    public static TheoryData<string> Rows => [.. Table().Select(row => row.What)];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_documented_fault_gives_the_documented_message(string what)
    {
        var message = Table().Single(row => row.What == what).Message;

        var ended = await Provoked[what](_folder);

        Assert.Contains(message, ended.All, StringComparison.Ordinal);
        Assert.DoesNotContain("    at ", ended.All, StringComparison.Ordinal); // no stack of Node
    }

    [Fact]
    public void Every_fault_that_is_provoked_is_documented_and_every_row_has_a_remedy()
    {
        Assert.Equal(Provoked.Keys.Order(StringComparer.Ordinal), Table().Select(row => row.What).Order(StringComparer.Ordinal));
        Assert.All(Table(), row => Assert.NotEmpty(row.Remedy));
    }

    private static IEnumerable<(string What, string Message, string Remedy)> Table()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "deployment.md"));
        var section = page.Split("## When something is wrong")[1].Split("\n## ")[0];
        return Row().Matches(section).Select(row => (row.Groups["what"].Value, row.Groups["message"].Value, row.Groups["remedy"].Value));
    }

    private static Task<Ended> Variables(DeploymentFolder folder, string text) => folder.With("instance1", text).SetupAsync();

    private static Task<Ended> Values(DeploymentFolder folder, string values, string variables = DeploymentFolder.Sample) =>
        folder.With("instance1", variables, values).SetupAsync();

    private static async Task<Ended> AfterSetup(DeploymentFolder folder, string kubectl)
    {
        await folder.With("instance1", DeploymentFolder.Sample).SetupAsync();
        return await folder.RunAsync("post-install.sh", [], new Dictionary<string, string> { ["KUBECTL"] = folder.Script("kubectl.sh", kubectl) });
    }

    private static string Script(string name) => Path.Combine(Repository.Root, "deploy", name);

    [GeneratedRegex("^\\| (?<what>[^|]+) \\| `(?<message>[^`]+)` \\| (?<remedy>[^|]+) \\|$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Row();
}
