using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using PolicySync.Core.Options;
using UnityCatalog.Emulator.Hosting;

namespace PolicySync.ContractCheck.Tests;

/// <summary>The emulator with a catalog in which the check may make schemas, and a foreign table.</summary>
public sealed class TestWorkspace : IAsyncLifetime, IDisposable
{
    public const string Catalog = "check";
    public const string ForeignTable = "check.other.foreign_table";
    public const string Token = "dapi-emulator-policysync";
    public const string Self = "7f3c1c52-8a51-4f0e-9a35-2d6b8c0e4a10";

    private readonly WebApplication _app = EmulatorServer.Build(new EmulatorOptions { Url = "http://127.0.0.1:0" });
    private readonly HttpClient _http = new();

    public Uri Url { get; private set; } = null!;

    /// <summary>A file with the token of a principal that holds BROWSE on the catalog.</summary>
    public string ReaderTokenFile { get; } = Path.Combine(Path.GetTempPath(), $"reader-{Guid.NewGuid():N}");

    public async Task InitializeAsync()
    {
        await _app.StartAsync();
        Url = new Uri(EmulatorServer.UrlOf(_app));
        _http.BaseAddress = new Uri(Url, "/_emulator/");
        await File.WriteAllTextAsync(ReaderTokenFile, "dapi-emulator-analyst");
        await SendAsync(HttpMethod.Put, $"securables/catalog/{Catalog}",
            """{"owner": "7f3c1c52-8a51-4f0e-9a35-2d6b8c0e4a10", "grants": [{"principal": "account users", "privileges": ["BROWSE"]}]}""");
        await SendAsync(HttpMethod.Put, $"securables/table/{ForeignTable}", """{"type": "FOREIGN", "columns": [{"name": "a", "type": "string"}]}""");
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    public void Dispose()
    {
        File.Delete(ReaderTokenFile);
        _http.Dispose();
    }

    /// <summary>Everything there is, but what faults and tokens leave.</summary>
    public Task<string> StateAsync() => _http.GetStringAsync("state");

    public async Task<JsonNode> SendAsync(HttpMethod method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = json is null ? null : new StringContent(json) };
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {text}");
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
    }

    public Task FaultAsync(object fault) => SendAsync(HttpMethod.Post, "faults", JsonSerializer.Serialize(fault));

    /// <summary>Waits until a fault holds so many requests.</summary>
    public Task HeldAsync(string fault, int number = 1) => Wait.ForAsync(
        () => SendAsync(HttpMethod.Get, $"faults/{fault}"), told => (int?)told["held"] >= number, TimeSpan.FromSeconds(30), told => $"nothing is held: {told}");

    public WorkspaceOptions Options(Uri? url = null) => new()
    {
        Host = url ?? Url, Token = Token, RequestsPerSecond = 5000, MaxConcurrency = 64, WarehouseId = "emulator-warehouse",
    };

    /// <summary>Runs the command in this process.</summary>
    public async Task<(int ExitCode, string Output, string Errors)> CheckAsync(WorkspaceOptions options, params string[] words)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = await ContractCheckCommand.RunAsync(["--catalog", Catalog, .. words], () => (options, []), output, errors, CancellationToken.None);
        return (code, output.ToString(), errors.ToString());
    }
}
