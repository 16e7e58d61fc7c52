using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace PolicySync.Testing;

/// <summary>
/// A client of the API with the ordinary retries of one: a gateway that does not answer, or answers 502 to 504, is tried
/// again at the next one, up to <see cref="Attempts"/> times. Safe for concurrent use.
/// </summary>
public sealed class ServiceClient : IDisposable
{
    public const int Attempts = 8;

    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(250);

    private readonly HttpClient _http;
    private readonly IReadOnlyList<Uri> _gateways;
    private int _next;
    private int _retries;

    public ServiceClient(IReadOnlyList<Uri> gateways, string token)
    {
        _gateways = gateways;
        _http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 256 }) { Timeout = TimeSpan.FromSeconds(15) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Attempts that had to be repeated.</summary>
    public int Retries => _retries;

    /// <summary>POSTs a task; its id once it is acknowledged.</summary>
    public async Task<string> PostAsync(object body) =>
        (string)(await SendAsync(HttpMethod.Post, "policysync/api/v1/task", () => JsonContent.Create(body), HttpStatusCode.Accepted))["taskId"]!;

    /// <summary>POSTs a task once, and tells what came back.</summary>
    public async Task<PostAnswer> TryPostAsync(object body)
    {
        var gateway = _gateways[(int)((uint)Interlocked.Increment(ref _next) % _gateways.Count)];
        using var content = JsonContent.Create(body);
        using var response = await _http.PostAsync(new Uri(gateway, "policysync/api/v1/task"), content);
        var text = await response.Content.ReadAsStringAsync();
        var id = response.StatusCode == HttpStatusCode.Accepted ? (string?)JsonNode.Parse(text)!["taskId"] : null;
        return new PostAnswer(response.StatusCode, id, response.Headers.RetryAfter?.Delta);
    }

    /// <summary>Cancels a task; the task as it then is.</summary>
    public Task<JsonNode> CancelAsync(string id) => SendAsync(
        HttpMethod.Post, $"policysync/api/v1/tasks/{id}:cancel", () => null, HttpStatusCode.Accepted, HttpStatusCode.OK);

    public Task<JsonNode> GetAsync(string id) => SendAsync(HttpMethod.Get, $"policysync/api/v1/tasks/{id}", () => null, HttpStatusCode.OK);

    /// <summary>All tasks, as the list shows them. One that ends between two pages is there once.</summary>
    public async Task<IReadOnlyList<JsonNode>> ListAsync()
    {
        var tasks = new List<JsonNode>();
        string? next = null;
        do
        {
            var page = await SendAsync(
                HttpMethod.Get, $"policysync/api/v1/tasks?pageSize=1000{(next is null ? "" : $"&pageToken={Uri.EscapeDataString(next)}")}", () => null, HttpStatusCode.OK);
            tasks.AddRange(page["tasks"]!.AsArray().Select(task => task!.DeepClone()));
            next = (string?)page["nextPageToken"];
        }
        while (next is not null);
        return [.. tasks.DistinctBy(task => (string?)task["taskId"])];
    }

    /// <summary>What a principal reaches, as <c>table main.sales.orders SELECT</c>, by its own grants.</summary>
    public async Task<IReadOnlyList<string>> ReachAsync(string principal)
    {
        var found = new List<string>();
        string? next = null;
        do
        {
            var page = await SendAsync(
                HttpMethod.Get, $"policysync/api/v1/principals/{Uri.EscapeDataString(principal)}/access{(next is null ? "" : $"?pageToken={next}")}", () => null, HttpStatusCode.OK);
            found.AddRange(
                from row in page["reaches"]!.AsArray()
                where row!["membership"] is null
                from grant in row["grants"]!.AsArray()
                select $"{row["type"]} {row["fullName"]} {grant!["privilege"]}");
            next = (string?)page["nextPageToken"];
        }
        while (next is not null);
        found.Sort(StringComparer.Ordinal);
        return found;
    }

    /// <summary>Waits for the task's end.</summary>
    public Task<JsonNode> EndOfAsync(string id, int seconds = 120) => Wait.ForAsync(
        () => GetAsync(id), task => (string?)task["status"] is "SUCCESS" or "FAILED" or "SKIPPED",
        TimeSpan.FromSeconds(seconds), task => $"{task}");

    public void Dispose() => _http.Dispose();

    private async Task<JsonNode> SendAsync(HttpMethod method, string path, Func<HttpContent?> body, params HttpStatusCode[] expected)
    {
        for (var attempt = 1; ; attempt++)
        {
            var gateway = _gateways[(int)((uint)Interlocked.Increment(ref _next) % _gateways.Count)];
            string problem;
            try
            {
                using var request = new HttpRequestMessage(method, new Uri(gateway, path)) { Content = body() };
                using var response = await _http.SendAsync(request);
                var text = await response.Content.ReadAsStringAsync();
                if (expected.Contains(response.StatusCode))
                {
                    return JsonNode.Parse(text)!;
                }

                problem = $"{(int)response.StatusCode} {text}";
                if (response.StatusCode is not (HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout))
                {
                    throw new UnreachableException($"{method} {path}: {problem}");
                }
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException)
            {
                problem = e.Message;
            }

            Interlocked.Increment(ref _retries);
            if (attempt == Attempts)
            {
                throw new TimeoutException($"{method} {path} was not answered in {Attempts} attempts: {problem}");
            }

            await Task.Delay(Between * attempt);
        }
    }
}

/// <summary>What one POST was answered; the id when it was acknowledged.</summary>
public sealed record PostAnswer(HttpStatusCode Status, string? Id, TimeSpan? RetryAfter);
