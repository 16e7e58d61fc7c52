using PolicySync.Deploy.Tests.Support;

namespace PolicySync.Deploy.Tests.Chart;

/// <summary>Wrong values do not get as far as a cluster, and the text says which and why.</summary>
public sealed class RefusedValues
{
    /// <summary>What is changed in a good value set, and words of the refusal.</summary>
    [Theory]
    [InlineData("mode=Both", "mode")]
    [InlineData("silo.replicas=0", "silo.replicas")]
    [InlineData("silo.replicas=three", "silo.replicas")]
    [InlineData("silo.replica=3", "Additional property replica is not allowed")]
    [InlineData("surprise=1", "Additional property surprise is not allowed")]
    [InlineData("instance=Not Good", "instance")]
    [InlineData("config.Workspace.Host=adb-1", "config.Workspace.Host")]
    [InlineData("config.Workspace.Hots=https://x", "Additional property Hots is not allowed")]
    [InlineData("config.Workspace.RequestsPerSecond=many", "config.Workspace.RequestsPerSecond")]
    [InlineData("config.Workspace.WriteTimeout=10s", "config.Workspace.WriteTimeout")]
    [InlineData("config.Workspace.Token=dapi", "Additional property Token is not allowed")]
    [InlineData("config.Sync.Mode=Everything", "config.Sync.Mode")]
    [InlineData("config.Sync.ParentUse=maybe", "config.Sync.ParentUse")]
    [InlineData("config.Workspace=null", "config.Workspace.Host is required")]
    [InlineData("secrets.workspaceToken.value=x", "set existingSecret or value, not both")]
    [InlineData("secrets.workspaceClientSecret.existingSecret=x", "set workspaceToken or workspaceClientSecret, not both")]
    [InlineData("secrets.workspaceAzureClientSecret.existingSecret=x", "set workspaceAzureClientSecret or another secret of the workspace, not both")]
    [InlineData("secrets.workspaceToken.existingSecret=;secrets.workspaceAzureClientSecret.existingSecret=x", "needs config.Workspace.Azure.Credential ClientSecret")]
    [InlineData("config.Workspace.Azure.Credential=ClientSecret", "needs secrets.workspaceAzureClientSecret")]
    [InlineData("config.Workspace.Azure.ClientSecret=x", "Additional property ClientSecret is not allowed")]
    [InlineData("secrets.authClientSecret.existingSecret=x", "secrets.authClientSecret needs config.Auth.ClientId")]
    [InlineData("config.Auth.ClientId=ui", "config.Auth.ClientId needs secrets.authClientSecret")]
    [InlineData("config.Auth.ClientId=ui;secrets.authClientSecret.existingSecret=x", "config.Auth.ClientId needs config.Auth.Authority")]
    [InlineData("config.Auth.ClientSecret=x", "Additional property ClientSecret is not allowed")]
    [InlineData("secrets.storageConnectionString.existingSecret=", "storage is missing")]
    [InlineData("config.Storage.ServiceUri=https://a.table.core.windows.net", "not both")]
    [InlineData("config.Webhooks.Endpoints[0].Name=ops", "config.Webhooks.Endpoints needs webhookSecrets.existingSecret")]
    [InlineData("config.Webhooks.Endpoints[0].Secret=x", "Additional property Secret is not allowed")]
    [InlineData("connector.eventHub=true", "connector.eventHub needs secrets.eventHubConnectionString")]
    [InlineData("connector.eventHub=true;secrets.eventHubConnectionString.existingSecret=hub;config.Events.EventHub.Namespace=a.servicebus.windows.net", "not both")]
    [InlineData("connector.eventHub=true;secrets.eventHubConnectionString.existingSecret=hub;connector.apiServer=false;connector.onDemand=false", "connector.eventHub needs connector.onDemand")]
    [InlineData("secrets.eventHubConnectionString.existingSecret=hub", "secrets.eventHubConnectionString needs connector.eventHub")]
    [InlineData("config.Events.EventHub.ConnectionString=x", "Additional property ConnectionString is not allowed")]
    [InlineData("config.Policies=null", "policies are missing")]
    [InlineData("policyFolder.existingClaim=p", "not from both")]
    [InlineData("tokenKeys.existingConfigMap=", "no caller could use the API")]
    [InlineData("tokenKeys.pem=secret", "tokenKeys.pem")]
    [InlineData("service.type=NodePort", "service.type")]
    [InlineData("service.type=LoadBalancer", "tokens must not travel in the clear")]
    [InlineData("ingress.enabled=true", "ingress.host is required")]
    [InlineData("ingress.enabled=true;ingress.host=a.example", "ingress.tls.secretName is required")]
    [InlineData("ingress.enabled=true;ingress.host=a.example;ingress.tls.secretName=t;service.type=LoadBalancer;tls.secretName=t", "needs service.type ClusterIP")]
    [InlineData("ingress.host=A B", "ingress.host")]
    [InlineData("ingress.trustedProxies[0]=ingress", "ingress.trustedProxies.0")]
    [InlineData("workloadIdentity.enabled=true", "workloadIdentity.clientId is required")]
    [InlineData("silo.autoscaling.enabled=true;silo.autoscaling.minReplicas=20", "minReplicas is above maxReplicas")]
    [InlineData("httpRoute.enabled=true", "httpRoute.parentRefs is required")]
    [InlineData("httpRoute.enabled=true;httpRoute.parentRefs[0].name=public", "httpRoute.hostnames is required")]
    [InlineData("caBundle.existingSecret=a;caBundle.existingConfigMap=b", "caBundle: set one of existingConfigMap, existingSecret")]
    [InlineData("caBundle.pem=secret", "caBundle.pem")]
    [InlineData("policyCache.enabled=true", "policyCache.enabled needs config.Policies.AllowStale")]
    [InlineData("policyCache.enabled=true;policyCache.existingClaim=a;config.Policies.AllowStale=true", "needs mode Single with one replica and strategy.type Recreate")]
    [InlineData("silo.keda.enabled=true", "silo.keda.prometheusUrl is required")]
    [InlineData("silo.keda.enabled=true;silo.keda.prometheusUrl=http://p;silo.autoscaling.enabled=true", "silo: enable autoscaling or keda, not both")]
    [InlineData("silo.keda.enabled=true;silo.keda.prometheusUrl=http://p;silo.keda.waitingTasks=0", "silo.keda has no trigger")]
    [InlineData("silo.keda.enabled=true;silo.keda.prometheusUrl=http://p;silo.keda.minReplicas=50", "silo.keda.minReplicas is above maxReplicas")]
    [InlineData("gateway.keda.enabled=true", "Additional property keda is not allowed")]
    [InlineData("secrets.workspaceToken.existingSecret=;config.Workspace.Azure.Credential=WorkloadIdentity", "needs workloadIdentity.enabled")]
    [InlineData("silo.extraVolumeMounts[0].name=a", "silo.extraVolumeMounts")]
    [InlineData("strategy.type=OnDelete", "strategy.type")]
    [InlineData("connector.onDemand=false", "connector.apiServer needs connector.onDemand")]
    [InlineData("terminationGracePeriodSeconds=30", "terminationGracePeriodSeconds")]
    [InlineData("image.digest=sha256:abc", "image.digest")]
    [InlineData("serviceAccount.create=false", "serviceAccount.name is required")]
    public async Task A_wrong_value_is_refused_by_name(string changes, string words)
    {
        var ended = await Helm.TemplateAsync(RenderedChart.Files("01-split-token.yaml"), changes.Split(';'));

        Assert.NotEqual(0, ended.Code);
        Assert.Contains(words, ended.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_faults_are_reported_together()
    {
        var ended = await Helm.TemplateAsync(
            RenderedChart.Files("01-split-token.yaml"), "config.Workspace=null", "secrets.storageConnectionString.existingSecret=", "ingress.enabled=true");

        Assert.Contains("4 faults in the values:", ended.All, StringComparison.Ordinal);
        string[] words = ["config.Workspace.Host is required", "storage is missing", "ingress.host is required", "ingress.tls.secretName is required"];
        Assert.All(words, word => Assert.Contains(word, ended.All, StringComparison.Ordinal));
    }
}
