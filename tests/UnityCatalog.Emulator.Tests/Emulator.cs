using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using UnityCatalog.Emulator.Hosting;

namespace UnityCatalog.Emulator.Tests;

/// <summary>A running emulator and short ways to talk to it. Paths without /api or /_emulator are Unity Catalog's.</summary>
internal sealed class Emulator : IAsyncDisposable
{
    public const string PolicySync = "dapi-emulator-policysync";
    public const string Admin = "dapi-emulator-admin";
    public const string Analyst = "dapi-emulator-analyst";
    public const string PolicySyncApplication = "7f3c1c52-8a51-4f0e-9a35-2d6b8c0e4a10";

    private readonly WebApplication _app;

    private Emulator(WebApplication app)
    {
        _app = app;
        Url = EmulatorServer.UrlOf(app);
        Http = new HttpClient { BaseAddress = new Uri(Url) };
    }

    public string Url { get; }

    public HttpClient Http { get; }

    public static async Task<Emulator> StartAsync(EmulatorOptions? options = null)
    {
        var app = EmulatorServer.Build((options ?? new EmulatorOptions()) with { Url = "http://127.0.0.1:0" });
        await app.StartAsync();
        return new Emulator(app);
    }

    public Task<Answer> GetAsync(string path, string? token = PolicySync) => SendAsync("GET", path, body: null, token);

    public Task<Answer> PatchAsync(string path, string body, string? token = PolicySync) => SendAsync("PATCH", path, body, token);

    public async Task<Answer> SendAsync(
        string method, string path, string? body = null, string? token = PolicySync, CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), Absolute(path));
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        using var response = await Http.SendAsync(request, cancellation);
        return await Answer.OfAsync(response, cancellation);
    }

    /// <summary>A call to /_emulator that must succeed.</summary>
    public async Task<JsonNode> AdminAsync(string method, string path, string? body = null)
    {
        var answer = await SendAsync(method, $"/_emulator{path}", body, token: null);
        Assert.True(answer.Status == 200, $"{method} {path}: {answer.Status} {answer.Text}");
        return answer.Json;
    }

    /// <summary>All grants on a securable as <c>principal:A,B</c>, sorted; a deleted principal is <c>#id</c>.</summary>
    public async Task<string> GrantsAsync(string typeAndName, string token = Admin)
    {
        var answer = await GetAsync($"/permissions/{typeAndName}?max_results=0&include_deleted_principals=true", token);
        Assert.Equal(200, answer.Status);
        return Lines(answer.Json);
    }

    public static string Lines(JsonNode permissions) => string.Join(' ', Assignments(permissions).Order(StringComparer.Ordinal));

    public static IEnumerable<string> Assignments(JsonNode permissions) =>
        from row in permissions["privilege_assignments"]?.AsArray() ?? []
        let name = (string?)row["principal"]
        let principal = name is { Length: > 0 } ? name.Replace("@example.com", "") : $"#{row["principal_id"]}"
        select $"{principal}:{string.Join(',', row["privileges"]!.AsArray().Select(p => (string?)p))}";

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }

    private static string Absolute(string path) =>
        path.StartsWith("/api", StringComparison.Ordinal) || path.StartsWith("/_", StringComparison.Ordinal)
        || path.StartsWith("/oidc", StringComparison.Ordinal)
            ? path
            : $"/api/2.1/unity-catalog{path}";
}

internal sealed record Answer(int Status, string Text, string? RetryAfter, string? ContentType)
{
    public JsonNode Json => JsonNode.Parse(Text)!;

    public string? Code => (string?)Json["error_code"];

    public string? Message => (string?)Json["message"];

    public static async Task<Answer> OfAsync(HttpResponseMessage response, CancellationToken cancellation) => new(
        (int)response.StatusCode,
        await response.Content.ReadAsStringAsync(cancellation),
        response.Headers.TryGetValues("Retry-After", out var values) ? values.Single() : null,
        response.Content.Headers.ContentType?.MediaType);
}
