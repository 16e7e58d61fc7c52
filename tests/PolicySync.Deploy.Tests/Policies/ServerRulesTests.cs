using System.Text.Json.Nodes;
using PolicySync.Deploy.Tests.Support;

namespace PolicySync.Deploy.Tests.Policies;

/// <summary>Every object of every example would be accepted by an API server, and finds what it refers to.</summary>
public sealed class ServerRulesTests
{
    public static TheoryData<string> Examples => Example.Names;

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Objects_have_valid_names_keys_and_references(string example)
    {
        var objects = (await Example.Of(example).ObjectsAsync()).Select(Json.Of).ToList();

        Assert.NotEmpty(objects);
        Assert.Empty(objects.SelectMany(item => ServerRules.Of(item).Select(fault => $"{Practices.NameOf(item)}: {fault}")));
        Assert.Empty(References.Faults(objects));
        Assert.Equal(objects.Count, objects.Select(item => (item["apiVersion"].Text(), Practices.NameOf(item))).Distinct().Count());
    }

    [Theory]
    [InlineData("Service", "/metadata/name", "\"A\"")]
    [InlineData("Service", "/metadata/labels/x", "\"a b\"")]
    [InlineData("ConfigMap", "/data", """{"a b": "x"}""")]
    [InlineData("ConfigMap", "/data", """{"a": 1}""")]
    [InlineData("Deployment", "/spec/selector/matchLabels", """{"a": "b"}""")]
    [InlineData("Deployment", "/spec/strategy", """{"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": "0%"}}""")]
    [InlineData("Deployment", "/spec/strategy", """{"type": "Recreate", "rollingUpdate": {}}""")]
    [InlineData("Deployment", "/spec/template/spec/volumes", "[]")]
    [InlineData("Deployment", "/spec/template/spec/containers/0/ports/0/name", "\"web\"")]
    [InlineData("Deployment", "/spec/template/spec/containers/0/ports/0/name", "\"a-name-that-is-long\"")]
    [InlineData("Deployment", "/spec/template/spec/containers/0/livenessProbe", """{"httpGet": {"port": "http"}, "exec": {}}""")]
    [InlineData("Deployment", "/spec/template/spec/containers/0/resources/requests/cpu", "\"many\"")]
    [InlineData("Deployment", "/spec/template/spec/containers/0/env/0", """{"name": "A", "value": true}""")]
    [InlineData("Deployment", "/spec/template/spec/containers/0/volumeMounts/0/mountPath", "\"/etc/policy-sync/keys\"")]
    public async Task An_object_that_a_server_would_refuse_is_refused(string kind, string path, string value)
    {
        var item = Json.Of((await Example.Of("01-split-token.yaml").ObjectsAsync()).First(item => item.Kind == kind));
        Assert.Empty(ServerRules.Of(item));

        item.Put(path, JsonNode.Parse(value));

        Assert.NotEmpty(ServerRules.Of(item));
    }

    [Theory]
    [InlineData("Service", "/spec/ports/0/targetPort", "\"grpc\"")]
    [InlineData("Ingress", "/spec/rules/0/http/paths/0/backend/service/port/name", "\"grpc\"")]
    [InlineData("PodDisruptionBudget", "/spec/selector/matchLabels", """{"a": "b"}""")]
    [InlineData("NetworkPolicy", "/spec/podSelector/matchLabels", """{"a": "b"}""")]
    [InlineData("Deployment", "/spec/template/spec/serviceAccountName", "\"policy-sync-test-other\"")]
    [InlineData("Deployment", "/spec/template/spec/containers/0/envFrom", """[{"configMapRef": {"name": "policy-sync-test-other"}}]""")]
    public async Task A_reference_to_what_is_not_there_is_refused(string kind, string path, string value)
    {
        var objects = (await Example.Of("03-ingress.yaml").ObjectsAsync()).Select(Json.Of).ToList();
        Assert.Empty(References.Faults(objects));

        objects.First(item => item["kind"].Text() == kind).Put(path, JsonNode.Parse(value));

        Assert.Single(References.Faults(objects));
    }
}
