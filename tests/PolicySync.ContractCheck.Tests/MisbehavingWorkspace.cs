using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using UnityCatalog.Emulator.Hosting;

namespace PolicySync.ContractCheck.Tests;

/// <summary>A request to the workspace. The target is as it was sent, escapes and query too.</summary>
internal sealed record Asked(string Method, string Target, JsonObject? Body, string? Token)
{
    public string Path => Target.Split('?')[0];

    /// <summary>Whether it changes permissions.</summary>
    public bool IsGrant => Method == "PATCH" && Path.Contains("/permissions/", StringComparison.Ordinal);

    /// <summary>Whether it reads direct grants.</summary>
    public bool IsReadOfGrants => Method == "GET" && Path.Contains("/permissions/", StringComparison.Ordinal);

    public IReadOnlyList<JsonObject> Changes => [.. (Body?["changes"]?.AsArray() ?? []).OfType<JsonObject>()];

    public string Statement => (string?)Body?["statement"] ?? "";

    /// <summary>The same with one change only.</summary>
    public Asked With(params JsonObject[] changes) =>
        this with { Body = new JsonObject { ["changes"] = new JsonArray([.. changes.Select(change => change.DeepClone())]) } };
}

/// <summary>An answer.</summary>
internal sealed record Told(int Status, JsonObject? Body)
{
    public static Told Refused(string code, string message, int status = 400) => new(status, new JsonObject { ["error_code"] = code, ["message"] = message });

    public static Told Nothing => new(200, []);

    public IEnumerable<JsonObject> Items(string name) => (Body?[name]?.AsArray() ?? []).OfType<JsonObject>();

    public IEnumerable<JsonObject> Assignments => Items("privilege_assignments");

    public Told Changed(Action<JsonObject> change)
    {
        if (Body is not null && Status == 200)
        {
            change(Body);
        }

        return this;
    }
}

/// <summary>Answers a request in another way than the emulator, which it may ask.</summary>
internal delegate Task<Told> Deviation(Asked asked, Func<Asked, Task<Told>> emulator);

/// <summary>A workspace that is the emulator but for one deviation.</summary>
internal sealed class MisbehavingWorkspace : IAsyncDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private readonly WebApplication _app;

    private MisbehavingWorkspace(WebApplication app) => _app = app;

    public Uri Url => new(EmulatorServer.UrlOf(_app));

    public static async Task<MisbehavingWorkspace> StartAsync(Uri emulator, Deviation deviation)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseSetting("urls", "http://127.0.0.1:0");
        var workspace = new MisbehavingWorkspace(builder.Build());
        Func<Asked, Task<Told>> emulatorItself = asked => workspace.ForwardAsync(emulator, asked);
        workspace._app.Run(http => AnswerAsync(http, deviation, emulatorItself));
        await workspace._app.StartAsync();
        return workspace;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }

    private static async Task AnswerAsync(HttpContext http, Deviation deviation, Func<Asked, Task<Told>> emulator)
    {
        var told = await deviation(await ReadAsync(http), emulator);
        http.Response.StatusCode = told.Status;
        if (told.Status == 429)
        {
            http.Response.Headers.RetryAfter = "1";
        }

        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(told.Body?.ToJsonString() ?? "");
    }

    private static async Task<Asked> ReadAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body, Encoding.UTF8);
        var text = await reader.ReadToEndAsync();
        var authorization = http.Request.Headers.Authorization.ToString();
        return new Asked(
            http.Request.Method, http.Features.Get<IHttpRequestFeature>()!.RawTarget, text.Length == 0 ? null : JsonNode.Parse(text) as JsonObject,
            authorization.Length == 0 ? null : authorization["Bearer ".Length..]);
    }

    private async Task<Told> ForwardAsync(Uri emulator, Asked asked)
    {
        using var request = new HttpRequestMessage(new HttpMethod(asked.Method), new Uri(emulator, asked.Target));
        if (asked.Body is { } body)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        if (asked.Token is { } token)
        {
            request.Headers.Authorization = new("Bearer", token);
        }

        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new Told((int)response.StatusCode,
            text.Length == 0 ? null : JsonNode.Parse(text) as JsonObject);
    }
}
