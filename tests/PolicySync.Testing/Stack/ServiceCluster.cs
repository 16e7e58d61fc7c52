namespace PolicySync.Testing;

/// <summary>Gateways and silos as processes of their own, all on loopback, and what a client of them needs.</summary>
public sealed class ServiceCluster : IAsyncDisposable
{
    private readonly Tokens _tokens = new();
    private readonly Dictionary<string, string> _common;
    private readonly List<Member> _silos;
    private readonly List<Member> _gateways;

    private ServiceCluster(
        Uri emulator, string policies, string connectionString, int silos, int gateways, IReadOnlyList<MemberHome>? homes,
        IEnumerable<(string Key, string Value)> settings)
    {
        var unique = Guid.NewGuid().ToString("N")[..12];
        TablePrefix = "T" + unique;
        _common = new Dictionary<string, string>
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
            _common[key.Contains(':', StringComparison.Ordinal) ? "PolicySync__" + key.Replace(":", "__", StringComparison.Ordinal) : key] = value;
        }

        _silos = [.. Enumerable.Range(0, silos).Select(n => new Member("Silo", _common, homes?[n]))];
        _gateways = [.. Enumerable.Range(0, gateways).Select(n => new Member("Gateway", _common, homes?[silos + n]))];
        Token = _tokens.Sign("policysync.tasks policysync.ops");
    }

    public IReadOnlyList<Member> Silos => _silos;

    public IReadOnlyList<Member> Gateways => _gateways;

    public IEnumerable<Member> All => [.. _silos, .. _gateways];

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

    /// <summary>Starts silos and gateways of another build beside those that are there, and waits until they are ready.</summary>
    /// <param name="program">The assembly of their host.</param>
    public async Task AddAsync(string program, int silos, int gateways)
    {
        List<Member> added = [
            .. Enumerable.Range(0, silos).Select(_ => new Member("Silo", _common) { Program = program }),
            .. Enumerable.Range(0, gateways).Select(_ => new Member("Gateway", _common) { Program = program })];
        _silos.AddRange(added.Take(silos));
        _gateways.AddRange(added.Skip(silos));
        await Task.WhenAll(added.Select(member => member.StartAsync()));
        await Task.WhenAll(added.Select(member => member.UntilReadyAsync()));
    }

    /// <summary>Stops a member for good, as an orchestrator does when another takes its place.</summary>
    public async Task RemoveAsync(Member member)
    {
        _ = _silos.Remove(member) || _gateways.Remove(member);
        await member.TerminateAsync();
        await member.DisposeAsync();
    }

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
