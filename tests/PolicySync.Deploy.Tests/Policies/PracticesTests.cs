using System.Text.Json.Nodes;
using PolicySync.Deploy.Tests.Support;

namespace PolicySync.Deploy.Tests.Policies;

/// <summary>Every example passes the policies that clusters commonly have.</summary>
public sealed class PracticesTests
{
    // An example that switches things off shows that they can be.
    private static readonly string[] SwitchedOff = ["10-no-extras.yaml"];

    public static TheoryData<string> Examples => Example.Names;

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Objects_pass_the_common_policies(string example)
    {
        var objects = (await Example.Of(example).ObjectsAsync()).Select(Json.Of).ToList();

        Assert.NotEmpty(objects);
        Assert.Empty(objects.SelectMany(item => Practices.OfObjects.Where(rule => !rule.Value(item)).Select(rule => $"{Practices.NameOf(item)}: {rule.Key}")));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Releases_pass_the_common_policies(string example)
    {
        if (!SwitchedOff.Contains(example))
        {
            var objects = (await Example.Of(example).ObjectsAsync()).Select(Json.Of).ToList();
            Assert.Empty(Practices.OfReleases.SelectMany(rule => rule.Value(objects).Select(name => $"{name}: {rule.Key}")));
        }
    }

    /// <summary>Each rule refuses an object of the usual installation in which one thing is changed.</summary>
    [Theory]
    [InlineData("disallow-default-namespace", "Service", "/metadata/namespace", "\"default\"")]
    [InlineData("require-labels", "Service", "/metadata/labels", "{}")]
    [InlineData("restrict-node-port", "Service", "/spec/type", "\"NodePort\"")]
    [InlineData("restrict-service-external-ips", "Service", "/spec/externalIPs", """["10.0.0.1"]""")]
    [InlineData("disallow-empty-ingress-host", "Ingress", "/spec/rules/0/host", "\"\"")]
    [InlineData("restrict-ingress-wildcard", "Ingress", "/spec/rules/0/host", "\"*.example\"")]
    [InlineData("require-ingress-https", "Ingress", "/spec/tls", "[]")]
    [InlineData("disallow-latest-tag", "Deployment", "/spec/template/spec/containers/0/image", "\"a/b:latest\"")]
    [InlineData("disallow-latest-tag", "Deployment", "/spec/template/spec/containers/0/image", "\"registry:5000/b\"")]
    [InlineData("require-probes", "Deployment", "/spec/template/spec/containers/0/readinessProbe", "null")]
    [InlineData("require-requests-limits", "Deployment", "/spec/template/spec/containers/0/resources/limits", "{}")]
    [InlineData("require-ro-rootfs", "Pod", "/spec/containers/0/securityContext/readOnlyRootFilesystem", "false")]
    [InlineData("require-drop-all", "Pod", "/spec/containers/0/securityContext/capabilities", "{}")]
    [InlineData("disallow-secrets-from-env-vars", "Deployment", "/spec/template/spec/containers/0/envFrom", """[{"secretRef": {"name": "a"}}]""")]
    [InlineData("restrict-automount-sa-token", "Pod", "/spec/automountServiceAccountToken", "true")]
    [InlineData("disallow-default-serviceaccount", "Pod", "/spec/serviceAccountName", "null")]
    [InlineData("require-emptydir-requests-and-limits", "Deployment", "/spec/template/spec/volumes/0/emptyDir", "{}")]
    public async Task An_object_that_breaks_a_rule_is_refused_by_its_name(string rule, string kind, string path, string value)
    {
        var item = Json.Of((await Example.Of("03-ingress.yaml").ObjectsAsync()).First(item => item.Kind == kind));
        Assert.True(Practices.OfObjects[rule](item));

        item.Put(path, JsonNode.Parse(value));

        Assert.False(Practices.OfObjects[rule](item));
    }

    [Theory]
    [InlineData("require-pdb", "silo.podDisruptionBudget.enabled=false")]
    [InlineData("spread-pods", "silo.topologySpread.enabled=false")]
    [InlineData("require-netpol", "networkPolicy.enabled=false")]
    public async Task A_release_that_breaks_a_rule_is_refused_by_its_name(string rule, string setting)
    {
        var objects = (await Helm.ObjectsAsync(Example.Of("01-split-token.yaml").Files, setting)).Select(Json.Of).ToList();
        Assert.NotEmpty(Practices.OfReleases[rule](objects));
    }

    [Fact]
    public async Task A_budget_that_lets_no_pod_go_is_refused()
    {
        var objects = (await Example.Of("01-split-token.yaml").ObjectsAsync()).Select(Json.Of).ToList();
        objects.First(item => item["kind"].Text() == "PodDisruptionBudget").Put("/spec/maxUnavailable", JsonValue.Create("0%"));
        Assert.Single(Practices.OfReleases["pdb-allows-a-drain"](objects));
    }
}
