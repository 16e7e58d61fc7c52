using PolicySync.Client.Tests.Generated;

namespace PolicySync.Client.Tests.Support;

/// <summary>The service as one process with its state in memory, and the emulator as its workspace.</summary>
public sealed class LiveService : IAsyncLifetime, IDisposable
{
    private readonly Tokens _tokens = new();
    private readonly PolicyFolder _policies = new();
    private Emulator? _emulator;
    private Member? _host;

    public Uri Url => _host!.Url;

    public Emulator Emulator => _emulator!;

    /// <summary>The download of Ranger that the service reads.</summary>
    public string PolicyFile => Path.Combine(_policies.Folder, "policies.json");

    public string Token(string scope = "policysync.tasks", string? securables = null) => _tokens.Sign(scope, securables);

    /// <summary>The OpenAPI document as it is served.</summary>
    public async Task<string> DocumentAsync()
    {
        using var http = new HttpClient { BaseAddress = Url };
        http.DefaultRequestHeaders.Authorization = new("Bearer", Token());
        return await http.GetStringAsync("openapi/v1.json");
    }

    public async Task InitializeAsync()
    {
        _policies.Allow("read", "main.sales.*", "select", "@finance-team").Publish();
        _emulator = await Emulator.StartAsync();
        await _emulator.FaultAsync(new { path = $"*/{Scenario.Refused}*", status = 403 });
        await _emulator.FaultAsync(new { path = $"*/{Scenario.Unavailable}*", status = 503 });
        _host = new Member("All", new Dictionary<string, string>
        {
            ["PolicySync__Workspace__Host"] = _emulator.Url.ToString(),
            ["PolicySync__Workspace__Token"] = "dapi-emulator-policysync",
            ["PolicySync__Policies__Folder"] = _policies.Folder,
            ["PolicySync__Storage__Provider"] = "Memory",
            ["PolicySync__Auth__PublicKeyFile"] = _tokens.KeyFile,
        });
        await _host.StartAsync();
        await _host.UntilReadyAsync();
    }

    public async Task DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        if (_emulator is not null)
        {
            await _emulator.DisposeAsync();
        }
    }

    public void Dispose()
    {
        _policies.Dispose();
        _tokens.Dispose();
    }
}

[CollectionDefinition(Name)]
public sealed class LiveServiceCollection : ICollectionFixture<LiveService>
{
    public const string Name = "live service";
}
