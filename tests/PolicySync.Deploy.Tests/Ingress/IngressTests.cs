using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json.Nodes;
using PolicySync.Deploy.Tests.Chart;
using PolicySync.Deploy.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace PolicySync.Deploy.Tests.Ingress;

/// <summary>Callers reach two gateways and two silos through a real nginx with TLS and HTTP/2.</summary>
public sealed class IngressTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>, IAsyncLifetime, IDisposable
{
    private const string Tasks = "policysync/api/v1/tasks/";

    private readonly PolicyFolder _policies = new();
    private Emulator _emulator = null!;
    private ServiceCluster _cluster = null!;
    private Nginx _nginx = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        _policies.Allow("read", "main.*.*", "select", "@analysts").Publish();
        _emulator = await Emulator.StartAsync();
        _cluster = await ServiceCluster.StartAsync(
            _emulator, _policies, azurite.ConnectionString, silos: 2, gateways: 2, ("Http:TrustedProxies:0", $"{Nginx.Address}/32"));
        _nginx = await Nginx.StartAsync(_cluster.Gateways.Select(gateway => gateway.Url), await AnnotationsAsync());
        _http = _nginx.Client(_cluster.Token);
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _nginx.DisposeAsync();
        await _cluster.DisposeAsync();
        await _emulator.DisposeAsync();
    }

    public void Dispose() => _policies.Dispose();

    [Fact]
    public async Task A_task_is_posted_followed_and_read_whole_over_HTTP_2()
    {
        using var posted = await _http.PostAsJsonAsync("policysync/api/v1/task", Payload.Catalog("main"));

        Assert.Equal(HttpStatusCode.Accepted, posted.StatusCode);
        Assert.Equal(HttpVersion.Version20, posted.Version);
        // Without scheme and host, so that it is right behind any ingress.
        Assert.StartsWith("/policysync/api/v1/tasks/", posted.Headers.Location!.OriginalString, StringComparison.Ordinal);
        var task = await EndOfAsync((string)(await posted.Content.ReadFromJsonAsync<JsonNode>())!["taskId"]!);
        Assert.Equal("SUCCESS", (string?)task["status"]);

        // A long answer comes whole.
        var results = (await _http.GetFromJsonAsync<JsonNode>($"{Tasks}{task["taskId"]}/resources?pageSize=1000"))!;
        Assert.Equal((int)task["progress"]!["total"]!, results["resources"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_stream_of_events_comes_through_as_it_is_sent_and_is_resumed_at_another_gateway()
    {
        await _emulator.FaultAsync(new { path = "/api/2.1/*", delayMs = 300 }); // so that the walk takes some seconds
        using var posted = await _http.PostAsJsonAsync("policysync/api/v1/task", Payload.Catalog("main"));
        var id = (string)(await posted.Content.ReadFromJsonAsync<JsonNode>())!["taskId"]!;
        var results = new List<string>();

        await foreach (var item in StreamAsync(id, last: null))
        {
            Assert.Equal("status", item.EventType);
            Assert.DoesNotContain((string?)(await _http.GetFromJsonAsync<JsonNode>(Tasks + id))!["status"], new[] { "SUCCESS", "FAILED", "SKIPPED" });
            break; // cuts the stream
        }

        await _cluster.Gateways[1].KillAsync();
        await foreach (var item in StreamAsync(id, last: null).Where(item => item.EventType == "result"))
        {
            results.Add(item.EventId!);
            if (results.Count == 3)
            {
                break;
            }
        }

        var status = "";
        await foreach (var item in StreamAsync(id, results[^1]))
        {
            if (item.EventType == "result")
            {
                results.Add(item.EventId!);
            }
            else if (item.EventType == "status")
            {
                status = (string)JsonNode.Parse(item.Data)!["status"]!;
            }
        }

        Assert.Equal("SUCCESS", status);
        var all = (await _http.GetFromJsonAsync<JsonNode>($"{Tasks}{id}/resources?pageSize=1000"))!["resources"]!.AsArray();
        Assert.Equal(Enumerable.Range(0, all.Count).Select(n => $"{n}"), results);
    }

    [Fact]
    public async Task Who_called_is_what_the_ingress_says_and_not_what_the_caller_says()
    {
        using var through = new HttpRequestMessage(HttpMethod.Post, "policysync/api/v1/task") { Content = JsonContent.Create(Payload.Catalog("main")), Version = HttpVersion.Version20 };
        through.Headers.Add("X-Forwarded-For", "6.6.6.6");
        using var posted = await _http.SendAsync(through);
        Assert.Equal(HttpStatusCode.Accepted, posted.StatusCode);

        // Past the ingress, from an address that is nobody's proxy.
        using var direct = new HttpClient { BaseAddress = _cluster.Gateways[0].Url };
        direct.DefaultRequestHeaders.Authorization = new("Bearer", _cluster.Token);
        direct.DefaultRequestHeaders.Add("X-Forwarded-For", "6.6.6.6");
        using var alsoPosted = await direct.PostAsJsonAsync("policysync/api/v1/task", Payload.Catalog("main"));
        Assert.Equal(HttpStatusCode.Accepted, alsoPosted.StatusCode);

        var log = await Wait.ForAsync(
            () => Task.FromResult(string.Concat(_cluster.Gateways.Select(gateway => gateway.Log))),
            text => text.Split("Accepted task").Length > 2, TimeSpan.FromSeconds(30), text => text!);
        Assert.DoesNotContain("6.6.6.6", log, StringComparison.Ordinal);
        Assert.Contains("at 127.0.0.1", log, StringComparison.Ordinal);
        Assert.DoesNotContain($"at {Nginx.Address}", log, StringComparison.Ordinal);
    }

    /// <summary>MiB of the body, and who refuses it.</summary>
    [Theory]
    [InlineData(2, "application/problem+json")]
    [InlineData(9, "text/html")]
    public async Task Bodies_above_the_limits_are_refused_by_whoever_meets_them_first(int mebibytes, string type)
    {
        using var content = new StringContent(new string(' ', mebibytes << 20), Encoding.UTF8, "application/json");
        using var answer = await _http.PostAsync("policysync/api/v1/task", content);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Equal(type, answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task A_gateway_that_is_killed_under_load_fails_no_read_and_loses_no_task()
    {
        const int Clients = 4;
        const int Each = 60;
        var killed = new TaskCompletionSource();
        var repeated = 0;
        var ids = await Task.WhenAll(Enumerable.Range(0, Clients).Select(async client =>
        {
            var mine = new List<string>();
            for (var i = 0; i < Each; i++)
            {
                if (client == 0 && i == Each / 3)
                {
                    await _cluster.Gateways[1].KillAsync();
                    killed.SetResult();
                }

                // A POST that a gateway had taken is not sent twice by the ingress: its client repeats it.
                HttpResponseMessage posted;
                while ((posted = await _http.PostAsJsonAsync("policysync/api/v1/task", Payload.Table("main.sales.customers"))).StatusCode
                    is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout)
                {
                    posted.Dispose();
                    Assert.True(Interlocked.Increment(ref repeated) < 50);
                }

                Assert.Equal(HttpStatusCode.Accepted, posted.StatusCode);
                mine.Add((string)(await posted.Content.ReadFromJsonAsync<JsonNode>())!["taskId"]!);
                posted.Dispose();

                using var read = await _http.GetAsync(Tasks + mine[^1]);
                Assert.Equal(HttpStatusCode.OK, read.StatusCode);
            }

            return mine;
        }));

        await killed.Task;
        foreach (var id in ids.SelectMany(list => list))
        {
            Assert.Equal("SUCCESS", (string?)(await EndOfAsync(id))["status"]);
        }
    }

    private async IAsyncEnumerable<SseItem<string>> StreamAsync(string id, string? last)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Tasks}{id}/events") { Version = HttpVersion.Version20 };
        if (last is not null)
        {
            request.Headers.Add("Last-Event-ID", last);
        }

        using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await foreach (var item in SseParser.Create(await answer.Content.ReadAsStreamAsync()).EnumerateAsync())
        {
            yield return item;
        }
    }

    private static async Task<IReadOnlyDictionary<string, string>> AnnotationsAsync()
    {
        var ingress = (await Helm.ObjectsAsync(RenderedChart.Files("03-ingress.yaml"))).Single(item => item.Kind == "Ingress");
        return ((YamlMappingNode)ingress.At("metadata", "annotations")!).Children
            .ToDictionary(pair => $"{pair.Key}"["nginx.ingress.kubernetes.io/".Length..], pair => $"{pair.Value}", StringComparer.Ordinal);
    }

    private Task<JsonNode> EndOfAsync(string id) => Wait.ForAsync(
        async () => (await _http.GetFromJsonAsync<JsonNode>(Tasks + id))!, task => (string?)task["status"] is "SUCCESS" or "FAILED" or "SKIPPED",
        TimeSpan.FromSeconds(180), task => $"{task}");
}
