using PolicySync.Deploy.Tests.Support;

namespace PolicySync.Deploy.Tests.Setup;

/// <summary>The steps of the vendor's page in their order, with the commands of docs/deployment.md, up to the cluster's edge.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class VendorsPage : IDisposable
{
    private readonly DeploymentFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Edit_setup_upgrade_and_post_install_lead_to_a_host_and_a_token()
    {
        // The paths below the home are the vendor's; helm renders what it would install, and kubectl answers as after an installation.
        const string script = """
            set -euo pipefail
            export HOME=$0 DEPLOY=$1
            mkdir -p ~/privacera/privacera-manager/config/custom-vars/connectors/databricks-unity-catalog/instance1
            cd ~/privacera/privacera-manager/config
            printf '%s\n' "$2" >custom-vars/connectors/databricks-unity-catalog/instance1/vars.connector.databricks.unity.catalog.yml
            printf '%s\n' "$3" >custom-vars/connectors/databricks-unity-catalog/instance1/policy-sync.values.yaml
            cd ~/privacera/privacera-manager
            "$DEPLOY/setup.sh"
            HELM=~/helm "$DEPLOY/upgrade.sh"
            KUBECTL=~/kubectl "$DEPLOY/post-install.sh"
            echo ---
            cat output/service-urls.txt
            cat config/api-server-keys/connector/databricks-unity-catalog/instance1/jwt/connector-databricks-unity-catalog-instance1-jwt-token.txt
            """;
        _folder.Script("helm", $$"""
            release=$3 chart=$4 values=()
            while (($# > 0)); do [[ $1 == --values ]] && values+=(--values "$2"); shift; done
            exec '{{Helm.Binary}}' template "$release" "$chart" --namespace policy-sync --kube-version 1.33.0 "${values[@]}"
            """);
        _folder.Script("kubectl", "case $4 in service) case \"$8\" in *type*) echo LoadBalancer;; *hostname*) echo policy-sync.example.com;; *name*) echo https;; *port*) echo 443;; esac;; esac");

        var ended = await Command.RunAsync("bash", ["-c", script, _folder.Root, Path.Combine(Repository.Root, "deploy"), DeploymentFolder.Sample, DeploymentFolder.Complete + """

            config:
              Workspace: {Host: "https://adb-123.azuredatabricks.net"}
              Policies: {Source: RangerAdmin, RangerAdmin: {Url: "https://ranger.example:6182", ServiceName: unity_catalog, Username: policysync}}
            """]);

        Assert.True(ended.Code == 0, ended.All);
        Assert.DoesNotContain("still open", ended.Output, StringComparison.Ordinal);
        Assert.Contains("kind: Deployment", ended.Output, StringComparison.Ordinal);
        var found = ended.Output.Split("---\n")[^1].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("databricks-unity-catalog/instance1 https://policy-sync.example.com", found[0]);
        Assert.Equal(3, found[1].Split('.').Length);
    }
}
