using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;

namespace PolicySync.EndToEnd.Tests.Stack;

/// <summary>The service as a process of its own, and a client of its API that knows only the vendor's page.</summary>
internal sealed class Host : IAsyncDisposable
{
    private readonly Dictionary<string, string> _environment;
    private readonly Tokens _tokens = new();
    private readonly HttpClient _http;
    private ChildProcess _process;

    private Host(Emulator emulator, PolicyFolder policies, AzuriteFixture azurite, IReadOnlyDictionary<string, string> settings)
    {
        var (http, silo, gateway) = (FreePort.Next(), FreePort.Next(), FreePort.Next());
        var unique = Guid.NewGuid().ToString("N")[..12];
        _environment = new Dictionary<string, string>
        {
            ["ASPNETCORE_URLS"] = Text($"http://127.0.0.1:{http}"),
            ["PolicySync__Workspace__Host"] = emulator.Url.ToString(),
            ["PolicySync__Workspace__Token"] = "dapi-emulator-policysync",
            ["PolicySync__Workspace__RequestsPerSecond"] = "5000",
            ["PolicySync__Policies__Folder"] = policies.Folder,
            ["PolicySync__Storage__ConnectionString"] = azurite.ConnectionString,
            ["PolicySync__Storage__TablePrefix"] = "T" + unique,
            ["PolicySync__Cluster__ServiceId"] = unique,
            ["PolicySync__Cluster__ClusterId"] = unique,
            ["PolicySync__Cluster__SiloPort"] = Text($"{silo}"),
            ["PolicySync__Cluster__GatewayPort"] = Text($"{gateway}"),
            ["PolicySync__Auth__PublicKeyFile"] = _tokens.KeyFile,
        };
        foreach (var (name, value) in settings)
        {
            var isOurs = !name.StartsWith("OTEL_", StringComparison.Ordinal);
            _environment[isOurs ? "PolicySync__" + name.Replace(":", "__", StringComparison.Ordinal) : name] = value;
        }

        _http = new HttpClient { BaseAddress = new Uri(_environment["ASPNETCORE_URLS"]), Timeout = TimeSpan.FromSeconds(60) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token("policysync.tasks policysync.ops"));
        _process = Start();
    }

    public string Token(string scope) => _tokens.Sign(scope);

    public string Log => _process.Output;

    /// <summary>The end of what it printed.</summary>
    public string LogEnd => Log[^Math.Min(4000, Log.Length)..];

    public Uri Url => _http.BaseAddress!;

    public static async Task<Host> StartAsync(
        Emulator emulator, PolicyFolder policies, AzuriteFixture azurite, params (string Key, string Value)[] settings)
    {
        var host = new Host(emulator, policies, azurite, settings.ToDictionary(pair => pair.Key, pair => pair.Value));
        try
        {
            await host.UntilReadyAsync();
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>kill -9, and the same process again on the same ports.</summary>
    public async Task KillAndRestartAsync()
    {
        await KillAsync();
        await RestartAsync();
    }

    /// <summary>SIGTERM, and its end.</summary>
    public async Task StopAsync(TimeSpan limit)
    {
        await _process.SignalAsync("TERM");
        await _process.ExitAsync(limit);
    }

    /// <summary>kill -9.</summary>
    public Task KillAsync() => _process.KillAsync();

    /// <summary>The killed process again, on the same ports.</summary>
    public async Task RestartAsync()
    {
        await _process.DisposeAsync();
        _process = Start();
        await UntilReadyAsync();
    }

    /// <summary>POSTs a task and returns its id.</summary>
    public async Task<string> PostAsync(object body)
    {
        using var response = await _http.PostAsJsonAsync("policysync/api/v1/task", body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.Accepted, $"{(int)response.StatusCode}: {text}");
        return (string)JsonNode.Parse(text)!["taskId"]!;
    }

    /// <summary>Sends a request of any kind; the body of the answer is a text.</summary>
    public async Task<(HttpStatusCode Status, string Text)> SendAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await _http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public async Task<JsonNode> GetTaskAsync(string id) => (await _http.GetFromJsonAsync<JsonNode>($"policysync/api/v1/tasks/{id}"))!;

    /// <summary>Waits for the task's end. An answer of 503 is one to ask again after, as a client does.</summary>
    public async Task<JsonNode> EndOfAsync(string id, int seconds = 120) => (await Wait.ForAsync(
        () => TryGetTaskAsync(id), task => (string?)task?["status"] is "SUCCESS" or "FAILED" or "SKIPPED",
        TimeSpan.FromSeconds(seconds), task => $"{task}\n{LogEnd}"))!;

    private async Task<JsonNode?> TryGetTaskAsync(string id)
    {
        var (status, text) = await SendAsync(HttpMethod.Get, $"policysync/api/v1/tasks/{id}");
        Assert.True(status is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable, $"{(int)status}: {text}");
        return status == HttpStatusCode.OK ? JsonNode.Parse(text) : null;
    }

    /// <summary>POSTs a task and waits for its end.</summary>
    public async Task<JsonNode> RunAsync(object body) => await EndOfAsync(await PostAsync(body));

    public async Task<JsonArray> ResourcesAsync(string id) =>
        (await _http.GetFromJsonAsync<JsonNode>($"policysync/api/v1/tasks/{id}/resources?pageSize=1000"))!["resources"]!.AsArray();

    /// <summary>Makes a plan and waits for its end.</summary>
    public async Task<JsonNode> PlanAsync(object body)
    {
        using var response = await _http.PostAsJsonAsync("policysync/api/v1/plans", body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.Accepted, $"{(int)response.StatusCode}: {text}");
        var id = (string)JsonNode.Parse(text)!["planId"]!;
        await EndOfAsync(id);
        return (await _http.GetFromJsonAsync<JsonNode>($"policysync/api/v1/plans/{id}"))!;
    }

    public async Task<JsonArray> PlanResourcesAsync(JsonNode plan) =>
        (await _http.GetFromJsonAsync<JsonNode>($"policysync/api/v1/plans/{plan["planId"]}/resources?pageSize=1000"))!["resources"]!.AsArray();

    /// <summary>Asks to apply a plan. Returns the status and the body.</summary>
    public async Task<(HttpStatusCode Status, JsonNode Body)> ApplyAsync(JsonNode plan)
    {
        using var response = await _http.PostAsync($"policysync/api/v1/plans/{plan["planId"]}:apply", content: null);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }

    /// <summary>What <c>/health/ready</c> shows.</summary>
    public async Task<JsonNode> HealthAsync()
    {
        using var response = await _http.GetAsync("health/ready");
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }

    /// <summary>The events of a task up to its end.</summary>
    public async IAsyncEnumerable<SseItem<string>> StreamAsync(string id)
    {
        using var response = await _http.GetAsync($"policysync/api/v1/tasks/{id}/events", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await foreach (var item in SseParser.Create(await response.Content.ReadAsStreamAsync()).EnumerateAsync())
        {
            yield return item;
        }
    }

    /// <summary>All gaps of a task, as <c>CODE DIRECTION principal PRIVILEGE</c>.</summary>
    public async Task<IReadOnlyList<string>> GapsAsync(string id) =>
        [.. (await ResourcesAsync(id)).SelectMany(item => item!["gaps"]?.AsArray() ?? [])
            .Select(gap => $"{gap!["code"]} {gap["direction"]} {gap["principal"]} {gap["privilege"]}")];

    /// <summary>Storage operations so far by <c>table operation</c>, as the metrics count them.</summary>
    public Task<IReadOnlyDictionary<string, double>> StorageOperationsAsync() => ReadAsync("policysync_storage_operations");

    /// <summary>The sum of a metric over all its labels.</summary>
    public async Task<double> TotalAsync(string metric) => (await ReadAsync(metric + "{")).Values.Sum();

    /// <summary>Everything that <c>/metrics</c> shows.</summary>
    public Task<string> MetricsAsync() => _http.GetStringAsync("metrics");

    /// <summary>The managed heap right after a collection of all generations, forced from outside.</summary>
    public Task<Heap> HeapAfterCollectionAsync() => Heap.AfterCollectionAsync(_process.Id, MetricsAsync);

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _http.Dispose();
        _tokens.Dispose();
    }

    private async Task<IReadOnlyDictionary<string, double>> ReadAsync(string begin)
    {
        var values = new Dictionary<string, double>();
        foreach (var line in (await MetricsAsync()).Split('\n').Where(line => line.StartsWith(begin, StringComparison.Ordinal)))
        {
            values[line[..line.LastIndexOf('}')]] = double.Parse(line[(line.LastIndexOf('}') + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture);
        }

        return values;
    }

    private ChildProcess Start() => ChildProcess.StartDotnet(Repository.Program("PolicySync.Host"), [], _environment);

    private async Task UntilReadyAsync() => await Wait.ForAsync(
        async () =>
        {
            try
            {
                using var response = await _http.GetAsync("health/ready");
                return response.IsSuccessStatusCode || _process.HasExited;
            }
            catch (HttpRequestException)
            {
                return _process.HasExited;
            }
        },
        // A process that ended does not get ready any more.
        done => done && (!_process.HasExited ? true : throw new TimeoutException($"the host ended: {_process.Output}")),
        TimeSpan.FromSeconds(120), _ => $"the host did not get ready: {_process.Output}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
