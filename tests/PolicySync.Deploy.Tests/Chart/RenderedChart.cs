using k8s;
using PolicySync.Deploy.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace PolicySync.Deploy.Tests.Chart;

/// <summary>What the chart makes of each <see cref="Example"/>.</summary>
public sealed class RenderedChart
{
    public static TheoryData<string> ValueSets => Example.Names;

    [Fact]
    public void There_are_at_least_twenty_examples() => Assert.InRange(Example.All.Count, 20, int.MaxValue);

    [Fact]
    public void Helm_is_the_one_that_was_pinned() => Assert.Equal(
        Helm.Sha256, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Helm.Binary))));

    [Theory]
    [MemberData(nameof(ValueSets))]
    public async Task The_chart_passes_strict_linting(string values)
    {
        var ended = await Helm.LintAsync(Helm.Binary, Files(values));
        Assert.True(ended.Code == 0, ended.All);
    }

    [Theory]
    [MemberData(nameof(ValueSets))]
    public async Task Every_object_is_one_that_Kubernetes_knows_without_unknown_fields(string values)
    {
        foreach (var item in await Helm.ObjectsAsync(Files(values)))
        {
            // The client knows Kubernetes' own kinds; those of others are judged by the other validator.
            if (item.Kind is not ("ServiceMonitor" or "PrometheusRule" or "HTTPRoute" or "ScaledObject"))
            {
                Assert.Single(KubernetesYaml.LoadAllFromString(item.Text, strict: true));
            }
        }
    }

    [Theory]
    [MemberData(nameof(ValueSets))]
    public async Task Every_object_has_what_its_kind_needs_in_the_right_form(string values)
    {
        var rendered = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(rendered, (await Helm.TemplateAsync(Files(values))).Output);
            var script = Path.Combine(Repository.Root, "deploy", "chart-tools", "validate.mjs");
            var tools = Path.Combine(Repository.Root, ".run", "chart-tools");
            var counted = await Command.SucceedAsync("node", [script, rendered], new Dictionary<string, string> { ["POLICYSYNC_TOOLS"] = tools });
            Assert.Matches("^[1-9][0-9]* objects", counted);
        }
        finally
        {
            File.Delete(rendered);
        }
    }

    /// <summary>What the value sets are there for.</summary>
    [Theory]
    [InlineData("01-split-token.yaml", "Deployment:gateway Deployment:silo Service: Service:silo NetworkPolicy: PodDisruptionBudget:gateway ServiceAccount: ConfigMap:", "Secret: Ingress: HorizontalPodAutoscaler:gateway ServiceMonitor: Deployment:single")]
    [InlineData("02-single.yaml", "Deployment:single Secret:workspace-token Secret:storage-connection-string ConfigMap:token-keys", "Deployment:gateway Deployment:silo Service:silo")]
    [InlineData("03-ingress.yaml", "Ingress:", "")]
    [InlineData("07-autoscaling.yaml", "HorizontalPodAutoscaler:gateway HorizontalPodAutoscaler:silo", "")]
    [InlineData("24-gateway-api.yaml", "HTTPRoute:", "Ingress:")]
    [InlineData("25-keda.yaml", "ScaledObject:silo", "HorizontalPodAutoscaler:silo ScaledObject:gateway")]
    [InlineData("26-helm-test.yaml", "Pod:doctor Pod:dry-run NetworkPolicy:test ConfigMap:ca", "")]
    [InlineData("08-monitoring.yaml", "ServiceMonitor: PrometheusRule: ConfigMap:dashboard", "")]
    [InlineData("10-no-extras.yaml", "Deployment:silo", "NetworkPolicy: PodDisruptionBudget:silo ServiceAccount:")]
    public async Task A_value_set_gives_the_objects_that_it_asks_for(string values, string has, string lacks)
    {
        var names = (await Helm.ObjectsAsync(Files(values))).Select(item => $"{item.Kind}:{item.Name["policy-sync-test".Length..].TrimStart('-')}").ToHashSet();

        Assert.All(has.Split(' ', StringSplitOptions.RemoveEmptyEntries), name => Assert.Contains(name, names));
        Assert.All(lacks.Split(' ', StringSplitOptions.RemoveEmptyEntries), name => Assert.DoesNotContain(name, names));
    }

    /// <summary>No secret text outside of secrets, whatever the values.</summary>
    [Fact]
    public async Task Secrets_stand_in_secrets_only()
    {
        foreach (var item in (await Helm.ObjectsAsync(Files("02-single.yaml"))).Where(item => item.Kind != "Secret"))
        {
            Assert.DoesNotContain("dapi-x", item.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("UseDevelopmentStorage", item.Text, StringComparison.Ordinal);
        }
    }

    /// <summary>The setting names the file at which the secret's own key is mounted.</summary>
    [Theory]
    [InlineData("01-split-token.yaml", "PolicySync__Workspace__TokenFile", "workspace-token", "workspace", "token")]
    [InlineData("06-workload-identity.yaml", "PolicySync__Workspace__ClientSecretFile", "workspace-client-secret", "workspace", "client-secret")]
    [InlineData("15-entra-secret.yaml", "PolicySync__Workspace__Azure__ClientSecretFile", "workspace-azure-client-secret", "entra", "secret")]
    [InlineData("12-authority.yaml", "PolicySync__Auth__ClientSecretFile", "auth-client-secret", "sign-in", "client-secret")]
    public async Task A_secret_is_mounted_where_its_setting_says(string values, string setting, string folder, string secret, string key)
    {
        var silo = (await Helm.ObjectsAsync(Files(values))).Single(item => item.Kind == "Deployment" && item.Name.EndsWith("-silo", StringComparison.Ordinal));
        string[] pod = ["spec", "template", "spec"];
        string[] container = [.. pod, "containers", "0"];

        var variable = Named(silo.At([.. container, "env"]), setting);
        var mount = Assert.Single((YamlSequenceNode)silo.At([.. container, "volumeMounts"])!, node => $"{node["mountPath"]}" == $"/etc/policy-sync/secrets/{folder}");
        var volume = Named(silo.At([.. pod, "volumes"]), $"{mount["name"]}");

        Assert.Equal($"/etc/policy-sync/secrets/{folder}/{key}", $"{variable["value"]}");
        Assert.Equal("true", $"{mount["readOnly"]}");
        Assert.Equal(secret, $"{volume["secret"]["secretName"]}");
        Assert.Single((YamlSequenceNode)silo.At([.. container, "env"])!, node => $"{node["name"]}".StartsWith("PolicySync__Workspace__", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Secrets_of_webhooks_are_mounted_in_silos_only_where_each_endpoints_setting_says()
    {
        var deployments = (await Helm.ObjectsAsync(Files("16-webhooks.yaml"))).Where(item => item.Kind == "Deployment").ToList();
        string[] pod = ["spec", "template", "spec"];
        string[] container = [.. pod, "containers", "0"];
        var silo = deployments.Single(item => item.Name.EndsWith("-silo", StringComparison.Ordinal));
        var gateway = deployments.Single(item => item.Name.EndsWith("-gateway", StringComparison.Ordinal));

        Assert.Equal("/etc/policy-sync/secrets/webhooks/ops", $"{Named(silo.At([.. container, "env"]), "PolicySync__Webhooks__Endpoints__0__SecretFile")["value"]}");
        Assert.Equal("/etc/policy-sync/secrets/webhooks/audit", $"{Named(silo.At([.. container, "env"]), "PolicySync__Webhooks__Endpoints__1__SecretFile")["value"]}");
        Assert.Equal("/etc/policy-sync/secrets/webhooks", $"{Named(silo.At([.. container, "volumeMounts"]), "webhook-secrets")["mountPath"]}");
        Assert.Equal("webhook-secrets", $"{Named(silo.At([.. pod, "volumes"]), "webhook-secrets")["secret"]["secretName"]}");
        Assert.DoesNotContain("webhook-secrets", gateway.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_event_hub_has_its_switch_its_secret_as_a_file_and_a_way_through_the_network_policy()
    {
        var objects = (await Helm.ObjectsAsync(Files("17-events.yaml"))).ToList();
        string[] pod = ["spec", "template", "spec"];
        var silo = objects.Single(item => item is { Kind: "Deployment" } && item.Name.EndsWith("-silo", StringComparison.Ordinal));
        var settings = objects.Single(item => item is { Kind: "ConfigMap" } && item.TextAt("data", "PolicySync__Instance") is not null);

        Assert.Equal("true", settings.TextAt("data", "CONNECTOR_ON_DEMAND_V2_AZURE_EVENT_HUB_ENABLED"));
        Assert.Equal(
            "/etc/policy-sync/secrets/event-hub-connection-string/connection-string",
            $"{Named(silo.At([.. pod, "containers", "0", "env"]), "PolicySync__Events__EventHub__ConnectionStringFile")["value"]}");
        Assert.Equal("hub", $"{Named(silo.At([.. pod, "volumes"]), "event-hub-connection-string")["secret"]["secretName"]}");
        Assert.Contains(objects, item => item.Kind == "NetworkPolicy" && item.Text.Contains("port: 5671", StringComparison.Ordinal));
        Assert.DoesNotContain("5671", string.Concat((await Helm.ObjectsAsync(Files("16-webhooks.yaml"))).Select(item => item.Text)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hub_of_the_audit_stream_is_reached_through_the_network_policy_unless_it_uses_web_sockets()
    {
        Assert.Contains("port: 5671", string.Concat((await Helm.ObjectsAsync(Files("20-audit-hub.yaml"))).Select(item => item.Text)), StringComparison.Ordinal);
        Assert.DoesNotContain(
            "5671", string.Concat((await Helm.ObjectsAsync(Files("20-audit-hub.yaml"), "config.Audit.Sinks[0].WebSockets=true")).Select(item => item.Text)), StringComparison.Ordinal);
    }

    private static YamlNode Named(YamlNode? list, string name) => Assert.Single((YamlSequenceNode)list!, node => $"{node["name"]}" == name);

    [Fact]
    public async Task A_pod_may_take_longer_to_end_than_the_service_takes_to_drain()
    {
        var silo = (await Helm.ObjectsAsync(Files("01-split-token.yaml"))).Single(item => item is { Kind: "Deployment" } && item.Name.EndsWith("-silo", StringComparison.Ordinal));
        Assert.True(int.Parse(silo.TextAt("spec", "template", "spec", "terminationGracePeriodSeconds")!) > 120);
    }

    /// <summary>Azure's webhook looks at the label of the pod and the annotations of its ServiceAccount. Nothing else is secret then.</summary>
    [Fact]
    public async Task With_a_workload_identity_everywhere_no_pod_has_a_secret()
    {
        var objects = (await Helm.ObjectsAsync(Files("22-keyless.yaml"))).ToList();
        var account = objects.Single(item => item.Kind == "ServiceAccount");

        Assert.Equal("00000000-0000-0000-0000-000000000002", account.TextAt("metadata", "annotations", "azure.workload.identity/client-id"));
        Assert.Equal("00000000-0000-0000-0000-000000000003", account.TextAt("metadata", "annotations", "azure.workload.identity/tenant-id"));
        var deployments = objects.Where(item => item.Kind == "Deployment").ToList();
        Assert.Equal(2, deployments.Count);
        Assert.All(deployments, item => Assert.Equal("true", item.TextAt("spec", "template", "metadata", "labels", "azure.workload.identity/use")));
        Assert.All(deployments, item => Assert.Equal(account.Name, item.TextAt("spec", "template", "spec", "serviceAccountName")));
        Assert.DoesNotContain(objects, item => item.Kind == "Secret" || item.Text.Contains("secretKeyRef", StringComparison.Ordinal) || item.Text.Contains("secretName", StringComparison.Ordinal));
    }

    /// <summary>A selector cannot change, so a label that may change is not part of one.</summary>
    [Fact]
    public async Task Common_labels_are_on_all_objects_and_pods_and_in_no_selector()
    {
        var objects = (await Helm.ObjectsAsync(Files("01-split-token.yaml"), "commonLabels.team=data")).ToList();

        Assert.All(objects, item => Assert.Equal("data", item.TextAt("metadata", "labels", "team")));
        Assert.All(objects.Where(item => item.Kind == "Deployment"), item => Assert.Equal("data", item.TextAt("spec", "template", "metadata", "labels", "team")));
        foreach (string[] selector in new[] { ["spec", "selector"], ["spec", "selector", "matchLabels"], new[] { "spec", "podSelector", "matchLabels" } })
        {
            Assert.All(objects, item => Assert.Null(item.At([.. selector, "team"])));
        }
    }

    /// <summary>The metrics by which KEDA scales are metrics of the service, of this release alone.</summary>
    [Fact]
    public async Task Keda_asks_for_metrics_that_the_service_has()
    {
        var scaled = (await Helm.ObjectsAsync(Files("25-keda.yaml"))).Single(item => item.Kind == "ScaledObject");
        var known = File.ReadLines(Path.Combine(Repository.Root, "tests", "PolicySync.Testing", "Telemetry.txt")).Where(line => line.StartsWith("metric ", StringComparison.Ordinal)).Select(line => line.Split(' ')[1]).ToHashSet();
        var queries = ((YamlSequenceNode)scaled.At("spec", "triggers")!).Where(trigger => $"{trigger["type"]}" == "prometheus").Select(trigger => $"{trigger["metadata"]["query"]}").ToList();

        Assert.Equal(2, queries.Count);
        Assert.All(queries, query => Assert.EndsWith("{namespace=\"policies\",service_namespace=\"instance1\"})", query, StringComparison.Ordinal));
        Assert.All(queries, query => Assert.Contains(query["sum(".Length..query.IndexOf('{', StringComparison.Ordinal)], known));
    }

    internal static IEnumerable<string> Files(string values) => Example.Of(values).Files;
}
