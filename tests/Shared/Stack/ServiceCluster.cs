namespace PolicySync.Testing;

/// <summary>Gateways and silos as processes of their own, all on loopback, and what a client of them needs.</summary>
internal sealed class ServiceCluster : IAsyncDisposable
{
    private readonly Tokens _tokens = new();

    private ServiceCluster(
        Uri emulator, string policies, string connectionString, int silos, int gateways, IReadOnlyList<MemberHome>? homes,
        IEnumerable<(string Key, string Value)> settings)
    {
        var unique = Guid.NewGuid().ToString("N")[..12];
        TablePrefix = "T" + unique;
        var common = new Dictionary<string, string>
        {
            ["PolicySync__Workspace__Host"] = emulator.ToString(),
            ["PolicySync__Workspace__Token"] = "dapi-emulator-policysync",
            ["PolicySync__Workspace__RequestsPerSecond"] = "5000",
            ["PolicySync__Workspace__MaxConcurrency"] = "64",
            ["PolicySync__Policies__Folder"] = policies,
            ["PolicySync__Storage__ConnectionString"] = connectionString,
            ["PolicySync__Storage__TablePrefix"] = TablePrefix,
            ["PolicySync__Cluster__ServiceId"] = unique,
            ["PolicySync__Cluster__ClusterId"] = unique,
            ["PolicySync__Auth__PublicKeyFile"] = _tokens.KeyFile,
            ["PolicySync__Metrics__Anonymous"] = "true",
            ["DOTNET_gcConcurrent"] = "0",
        };
        foreach (var (key, value) in settings)
        {
            common[key.Contains(':', StringComparison.Ordinal) ? "PolicySync__" + key.Replace(":", "__", StringComparison.Ordinal) : key] = value;
        }

        Silos = [.. Enumerable.Range(0, silos).Select(n => new Member("Silo", common, homes?[n]))];
        Gateways = [.. Enumerable.Range(0, gateways).Select(n => new Member("Gateway", common, homes?[silos + n]))];
        Token = _tokens.Sign("policysync.tasks policysync.ops");
    }

    public IReadOnlyList<Member> Silos { get; }

    public IReadOnlyList<Member> Gateways { get; }

    public IEnumerable<Member> All => [.. Silos, .. Gateways];

    /// <summary>Begins the names of the task store's tables.</summary>
    public string TablePrefix { get; }

    public string Token { get; }

    public static Task<ServiceCluster> StartAsync(
        Emulator emulator, PolicyFolder policies, string connectionString, int silos, int gateways, params (string Key, string Value)[] settings) =>
        StartAsync(emulator, policies, connectionString, silos, gateways, homes: null, settings);

    /// <summary>Silos and then gateways, each in a home of its own. A setting without a section is a variable of the process.</summary>
    public static async Task<ServiceCluster> StartAsync(
        Emulator emulator, PolicyFolder policies, string connectionString, int silos, int gateways, IReadOnlyList<MemberHome>? homes,
        params (string Key, string Value)[] settings)
    {
        var cluster = new ServiceCluster(emulator.Url, policies.Folder, connectionString, silos, gateways, homes, settings);
        try
        {
            await Task.WhenAll(cluster.All.Select(member => member.StartAsync()));
            await Task.WhenAll(cluster.All.Select(member => member.UntilReadyAsync()));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>A client that spreads its requests over the gateways.</summary>
    public ServiceClient Client() => Client(Gateways);

    /// <summary>A client of some of the gateways.</summary>
    public ServiceClient Client(IEnumerable<Member> gateways) => new([.. gateways.Select(gateway => gateway.Url)], Token);

    /// <summary>Starts again whatever is not there, as an orchestrator would.</summary>
    public async Task RestoreAsync()
    {
        var gone = All.Where(member => member.HasExited).ToList();
        await Task.WhenAll(gone.Select(member => member.StartAsync()));
        await Task.WhenAll(All.Select(member => member.UntilReadyAsync()));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var member in All)
        {
            await member.DisposeAsync();
        }

        _tokens.Dispose();
    }
}
