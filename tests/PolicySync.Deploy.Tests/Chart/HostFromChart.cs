using System.Net;
using System.Net.Http.Headers;
using System.Text;
using PolicySync.Deploy.Tests.Support;

namespace PolicySync.Deploy.Tests.Chart;

/// <summary>The whole way of the vendor's page: variables, set-up, chart, a host, the token.</summary>
public sealed class HostFromChart(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private const string Body =
        """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{"type":"table","values":{"catalog":"main","schema":"sales","table":"customers"}}]}}""";

    [Fact]
    public async Task A_host_with_the_rendered_settings_takes_its_instances_token_and_no_other()
    {
        await using var emulator = await Emulator.StartAsync();
        using var policies = new PolicyFolder();
        policies.Allow("read", "main.sales.customers", "select", "@analysts").Publish();
        using var folder = new DeploymentFolder();
        folder.With("instance1", DeploymentFolder.Sample, Values(emulator)).With("finance", DeploymentFolder.Sample, Values(emulator));
        var setup = await folder.SetupAsync("--ops-token");
        Assert.True(setup.Code == 0, setup.All);

        var pod = RenderedPod.Of(await Helm.ObjectsAsync(folder.ValueFiles("instance1")), folder.Root, policies.Folder, azurite.ConnectionString);
        await using var host = ChildProcess.StartDotnet(Repository.Program("PolicySync.Host"), [], pod.Environment);
        using var http = new HttpClient { BaseAddress = pod.Url };
        await ReadyAsync(http, host);

        using var accepted = await PostAsync(http, folder.Token("instance1"));
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        using var foreign = await PostAsync(http, folder.Token("finance"));
        Assert.Equal(HttpStatusCode.Unauthorized, foreign.StatusCode);
        using var metrics = await GetAsync(http, "metrics", folder.Token("instance1", "ops"));
        Assert.Equal(HttpStatusCode.OK, metrics.StatusCode);
        using var withoutScope = await GetAsync(http, "metrics", folder.Token("instance1"));
        Assert.Equal(HttpStatusCode.Forbidden, withoutScope.StatusCode);
    }

    /// <summary>Values of pods with everything that take their policies from a folder.</summary>
    internal static string Values(Emulator emulator) => $$"""
        mode: Single
        config:
          Workspace: {Host: "{{emulator.Url}}" }
        secrets: {workspaceToken: {value: dapi-emulator-policysync}, storageConnectionString: {existingSecret: storage} }
        policyFolder: {existingClaim: policies}
        service: {allowPlaintext: true}
        """;

    private static async Task<HttpResponseMessage> PostAsync(HttpClient http, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "policysync/api/v1/task") { Content = new StringContent(Body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await http.SendAsync(request);
    }

    private static async Task<HttpResponseMessage> GetAsync(HttpClient http, string path, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await http.SendAsync(request);
    }

    internal static Task ReadyAsync(HttpClient http, ChildProcess host) => Wait.ForAsync(
        async () =>
        {
            try
            {
                using var response = await http.GetAsync("health/ready");
                return response.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        },
        ready => ready || (host.HasExited ? throw new TimeoutException(host.Output) : false), TimeSpan.FromSeconds(120), _ => host.Output);
}
