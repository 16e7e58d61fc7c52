using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using PolicySync.Core.Options;

namespace PolicySync.Adapters.Tests.Contract;

/// <summary>The emulator as people use it: its own process, its own port, the sample metastore.</summary>
public sealed class EmulatorProcess : IAsyncLifetime, IDisposable
{
    public const string SelfId = "7f3c1c52-8a51-4f0e-9a35-2d6b8c0e4a10";

    private Emulator? _emulator;
    private HttpClient? _admin;

    public Uri Url => _emulator!.Url;

    public async Task InitializeAsync()
    {
        _emulator = await Emulator.StartAsync();
        _admin = new HttpClient { BaseAddress = new Uri(Url, "/_emulator/") };
    }

    public async Task DisposeAsync()
    {
        if (_emulator is not null)
        {
            await _emulator.DisposeAsync();
        }
    }

    public void Dispose() => _admin?.Dispose();

    /// <summary>The sample as it was, no faults, nothing recorded.</summary>
    public async Task ResetAsync()
    {
        await AdminAsync(HttpMethod.Delete, "faults");
        await AdminAsync(HttpMethod.Post, "state/reset");
        await AdminAsync(HttpMethod.Put, "settings", "{}");
        await AdminAsync(HttpMethod.Delete, "calls");
    }

    public async Task<JsonElement> AdminAsync(HttpMethod method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Content = json is null ? null : new StringContent(json, System.Text.Encoding.UTF8, "application/json"),
        };
        using var response = await _admin!.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {text}");
        return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }

    /// <summary>Calls recorded for a method and route pattern.</summary>
    public async Task<int> CallsAsync(string method, string path) =>
        (await _admin!.GetFromJsonAsync<JsonElement>($"calls?method={method}&path={Uri.EscapeDataString(path)}")).GetProperty("calls").GetArrayLength();

    /// <summary>A token of the service principal, given out now.</summary>
    public async Task<string> TokenAsync(string secret)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Url, "/oidc/v1/token"))
        {
            Content = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("scope", "all-apis")]),
        };
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{SelfId}:{secret}")));
        using var answer = await _admin!.SendAsync(request);
        return (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString()!;
    }

    /// <summary>Asks with a token until it is refused, which every token given out before it then is, too.</summary>
    public async Task UntilTokenExpiresAsync(string token)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Url, "/api/2.1/unity-catalog/catalogs/main"));
            request.Headers.Authorization = new("Bearer", token);
            using var answer = await _admin!.SendAsync(request, patience.Token);
            if (answer.StatusCode == System.Net.HttpStatusCode.Unauthorized)
            {
                return;
            }

            await Task.Delay(20, patience.Token);
        }
    }

    /// <summary>Requests that faults hold now.</summary>
    public async Task<int> HeldAsync() => (await AdminAsync(HttpMethod.Get, "faults")).GetProperty("held").GetInt32();

    /// <summary>The adapters as the host wires them, over the real network, and over the real clock unless there is another.</summary>
    public ServiceProvider Adapters(Action<WorkspaceOptions>? configure = null, TimeProvider? time = null)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(time ?? TimeProvider.System);
        services.Configure<WorkspaceOptions>(options =>
        {
            options.Host = Url;
            options.Token = "dapi-emulator-policysync";
            options.RequestsPerSecond = 10_000;
            configure?.Invoke(options);
        });
        services.AddPolicySyncAdapters();
        return services.BuildServiceProvider();
    }
}

/// <summary>One process for all contract tests, which therefore run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class EmulatorTests : ICollectionFixture<EmulatorProcess>
{
    public const string Name = "emulator";
}
