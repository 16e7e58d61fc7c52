using PolicySync.Deploy.Tests.Support;

namespace PolicySync.Deploy.Tests.Setup;

/// <summary>upgrade.sh and post-install.sh, with stand-ins for a cluster that write down how they were called.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class UpgradeTests : IDisposable
{
    private const string Values = "config: {Workspace: {Host: \"https://adb-1.azuredatabricks.net\"}}\n";

    private readonly DeploymentFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_instance_is_a_release_with_its_own_values_on_top()
    {
        _folder.With("finance", DeploymentFolder.Sample, Values).With("instance1", DeploymentFolder.Sample);
        await _folder.SetupAsync();

        var ended = await _folder.RunAsync("upgrade.sh", ["--namespace", "policies", "--", "--dry-run"], Tool("HELM", "echo \"$@\""));

        Assert.True(ended.Code == 0, ended.All);
        var calls = ended.Output.Split('\n').Where(line => line.StartsWith("upgrade", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, calls.Count);
        Assert.Matches("^upgrade --install policy-sync-finance .*/helm/policy-sync --namespace policies .*--values .*output/policy-sync/finance/values.yaml --values .*finance/policy-sync.values.yaml --dry-run$", calls[0]);
        Assert.Matches("^upgrade --install policy-sync-instance1 .*--values .*output/policy-sync/instance1/values.yaml --dry-run$", calls[1]);
    }

    [Fact]
    public async Task What_setup_wrote_and_the_operators_values_make_a_chart_that_renders()
    {
        _folder.With("instance1", DeploymentFolder.Sample.Replace("INGRESS_ENABLE: \"false\"", "INGRESS_ENABLE: \"true\"", StringComparison.Ordinal), """
            config:
              Workspace: {Host: "https://adb-1.azuredatabricks.net"}
              Storage: {ServiceUri: "https://account.table.core.windows.net"}
            secrets: {workspaceToken: {existingSecret: workspace}}
            image: {repository: registry.example/policy-sync}
            policyFolder: {existingClaim: policies}
            workloadIdentity: {enabled: true, clientId: 00000000-0000-0000-0000-000000000002}
            ingress: {host: policy-sync.example.com, tls: {secretName: tls}}
            """);
        var setup = await _folder.SetupAsync();

        var objects = await Helm.ObjectsAsync(_folder.ValueFiles("instance1"));

        Assert.DoesNotContain("still open", setup.Output, StringComparison.Ordinal);
        Assert.Equal("policy-sync.example.com", objects.Single(item => item.Kind == "Ingress").TextAt("spec", "rules", "0", "host"));
        Assert.Equal("instance1", objects.Single(item => item is { Kind: "ConfigMap", Name: "policy-sync-test" }).TextAt("data", "PolicySync__Instance"));
    }

    [Fact]
    public async Task A_failed_release_ends_the_upgrade()
    {
        _folder.With("instance1", DeploymentFolder.Sample);
        await _folder.SetupAsync();

        Assert.NotEqual(0, (await _folder.RunAsync("upgrade.sh", [], Tool("HELM", "exit 1"))).Code);
    }

    [Theory]
    [InlineData("upgrade.sh")]
    [InlineData("post-install.sh")]
    public async Task Without_a_setup_there_is_nothing_to_install(string script)
    {
        var ended = await _folder.RunAsync(script, [], Tool("HELM", "exit 0").Concat(Tool("KUBECTL", "exit 0")).ToDictionary());

        Assert.Equal(1, ended.Code);
        Assert.Contains("run deploy/setup.sh first", ended.Error, StringComparison.Ordinal);
    }

    /// <summary>What the cluster answers, and the line that is written.</summary>
    [Theory]
    [InlineData("ingress) echo policy-sync.example.com", "https://policy-sync.example.com")]
    [InlineData("service) case \"$8\" in *type*) echo LoadBalancer;; *hostname*) echo 203.0.113.7;; *name*) echo https;; *port*) echo 443;; esac", "https://203.0.113.7")]
    [InlineData("service) case \"$8\" in *type*) echo ClusterIP;; *name*) echo http;; *port*) echo 80;; esac", "http://policy-sync-instance1.policy-sync.svc")]
    [InlineData("service) case \"$8\" in *type*) echo ClusterIP;; *name*) echo http;; *port*) echo 8080;; esac", "http://policy-sync-instance1.policy-sync.svc:8080")]
    public async Task Service_urls_hold_a_line_per_instance(string answers, string url)
    {
        _folder.With("instance1", DeploymentFolder.Sample);
        await _folder.SetupAsync();

        var ended = await _folder.RunAsync("post-install.sh", [], Tool("KUBECTL", $"case $4 in {answers};; esac"));

        Assert.True(ended.Code == 0, ended.All);
        Assert.Equal($"databricks-unity-catalog/instance1 {url}\n", _folder.Read("output/service-urls.txt"));
    }

    [Fact]
    public async Task An_instance_that_is_not_installed_leaves_the_old_lines()
    {
        _folder.With("instance1", DeploymentFolder.Sample);
        await _folder.SetupAsync();
        await File.WriteAllTextAsync(_folder.At("output/service-urls.txt"), "old\n");

        var ended = await _folder.RunAsync("post-install.sh", [], Tool("KUBECTL", "exit 0"));

        Assert.Equal(1, ended.Code);
        Assert.Contains("run deploy/upgrade.sh first", ended.Error, StringComparison.Ordinal);
        Assert.Equal("old\n", _folder.Read("output/service-urls.txt"));
    }

    private Dictionary<string, string> Tool(string variable, string script) => new() { [variable] = _folder.Script($"{variable}.sh", script) };
}
