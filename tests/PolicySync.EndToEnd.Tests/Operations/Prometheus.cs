using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using PolicySync.EndToEnd.Tests.Stack;

namespace PolicySync.EndToEnd.Tests.Operations;

/// <summary>A real Prometheus that scrapes services, each under a Kubernetes namespace of its own.</summary>
internal sealed class Prometheus : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly string _folder;
    private readonly ChildProcess _process;
    private readonly HttpClient _http;

    private Prometheus(string folder, ChildProcess process, int port) =>
        (_folder, _process, _http) = (folder, process, new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/api/v1/"), Timeout = Limit });

    /// <summary>Starts it and waits until it has scraped all services.</summary>
    public static async Task<Prometheus> StartAsync(params (string Namespace, Host Host)[] services)
    {
        var folder = Directory.CreateTempSubdirectory("prometheus-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "prometheus.yml"), string.Join('\n', [
            "global: {scrape_interval: 1s, scrape_timeout: 1s}", "scrape_configs:",
            .. services.SelectMany(service => new[]
            {
                $"  - job_name: {service.Namespace}",
                $"    authorization: {{credentials: {service.Host.Token("policysync.ops")}}}",
                $"    static_configs: [{{targets: [\"{service.Host.Url.Authority}\"], labels: {{namespace: {service.Namespace}}}}}]",
            }),
        ]));
        var port = FreePort.Next();
        var started = new Prometheus(folder, ChildProcess.Start(
            NeedsToolAttribute.PathOf("prometheus") ?? throw new FileNotFoundException("prometheus is not installed"),
            [
                $"--config.file={Path.Combine(folder, "prometheus.yml")}", $"--storage.tsdb.path={Path.Combine(folder, "data")}",
                string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{port}"),
            ]), port);
        try
        {
            await Wait.ForAsync(
                () => started.AskAsync("sum(up)"), answer => answer is [{ } sum] && (string?)sum["value"]![1] == services.Length.ToString(CultureInfo.InvariantCulture),
                Limit, _ => started._process.Output);
            return started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    /// <summary>The series that an expression gives now; none while it does not answer.</summary>
    /// <exception cref="InvalidOperationException">The expression is refused.</exception>
    public Task<JsonArray> AskAsync(string expression) => GetAsync($"query?query={Uri.EscapeDataString(expression)}");

    /// <summary>The series that an expression gives over a time.</summary>
    public Task<JsonArray> AskAsync(string expression, DateTimeOffset from, DateTimeOffset to) => GetAsync(
        string.Create(CultureInfo.InvariantCulture, $"query_range?query={Uri.EscapeDataString(expression)}&start={from.ToUnixTimeSeconds()}&end={to.ToUnixTimeSeconds()}&step=1"));

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<JsonArray> GetAsync(string path)
    {
        try
        {
            using var response = await _http.GetAsync(path);
            if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
            {
                return []; // it is still starting
            }

            var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
            return (string?)answer["status"] == "success"
                ? answer["data"]!["result"]!.AsArray()
                : throw new InvalidOperationException($"{path}: {answer["error"]}");
        }
        catch (HttpRequestException)
        {
            return [];
        }
    }
}
