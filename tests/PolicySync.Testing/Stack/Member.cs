using System.Globalization;
using System.Net;

namespace PolicySync.Testing;

/// <summary>Where a process runs when it is not in the network of the tests.</summary>
/// <param name="Address">At which the others of its cluster reach it.</param>
/// <param name="Launcher">Program and arguments that put another program there.</param>
/// <param name="Expose">Makes a port of its loopback reachable at the same port of ours.</param>
public sealed record MemberHome(string Address, IReadOnlyList<string> Launcher, Action<int> Expose);

/// <summary>One process of a cluster, gateway or silo. Its ports are its own for life, through every restart.</summary>
public sealed class Member(string role, IReadOnlyDictionary<string, string> common, MemberHome? home = null) : IAsyncDisposable
{
    private const string Host = "PolicySync.Host";

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly Dictionary<string, string> _environment = new(common)
    {
        ["PolicySync__Role"] = role,
        ["ASPNETCORE_URLS"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Next()}"),
        ["PolicySync__Cluster__SiloPort"] = FreePort.Next().ToString(CultureInfo.InvariantCulture),
        ["PolicySync__Cluster__GatewayPort"] = FreePort.Next().ToString(CultureInfo.InvariantCulture),
    };

    private ChildProcess? _process;
    private bool _exposed;

    public string Role => role;

    public Uri Url => new(_environment["ASPNETCORE_URLS"]);

    /// <summary>The assembly of the host that it runs. Default: that of this build.</summary>
    public string Program { get; init; } = Repository.Program(Host);

    public bool HasExited => _process?.HasExited ?? true;

    public int ProcessId => _process!.Id;

    public string Log => _process?.Output ?? "";

    public string LogEnd => Log[^Math.Min(3000, Log.Length)..];

    public async Task StartAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        if (home is null)
        {
            _process = ChildProcess.StartDotnet(Program, [], _environment);
            return;
        }

        _environment["PolicySync__Cluster__AdvertisedAddress"] = home.Address;
        if (!_exposed)
        {
            home.Expose(Url.Port);
            _exposed = true;
        }

        _process = ChildProcess.Start(home.Launcher[0], [.. home.Launcher.Skip(1), "dotnet", Program], _environment);
    }

    /// <summary>Waits until <c>/health/ready</c> is 200.</summary>
    public Task UntilReadyAsync() => Wait.ForAsync(
        async () => await ReadyAsync() == HttpStatusCode.OK || HasExited,
        done => done && (!HasExited ? true : throw new InvalidOperationException($"a {role} ended: {LogEnd}")),
        TimeSpan.FromSeconds(120), _ => $"a {role} did not get ready: {LogEnd}");

    /// <summary>What <c>/health/ready</c> says; null without an answer.</summary>
    public async Task<HttpStatusCode?> ReadyAsync()
    {
        try
        {
            using var response = await _http.GetAsync(new Uri(Url, "health/ready"));
            return response.StatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }

    /// <summary>What <c>/health/ready</c> answers, as text; null without an answer within 15 s.</summary>
    public async Task<(HttpStatusCode Status, string Text)?> HealthAsync()
    {
        using var patient = new HttpClient { Timeout = TimeSpan.FromSeconds(15) };
        try
        {
            using var response = await patient.GetAsync(new Uri(Url, "health/ready"));
            return (response.StatusCode, await response.Content.ReadAsStringAsync());
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }

    public Task<string> MetricsAsync() => _http.GetStringAsync(new Uri(Url, "metrics"));

    /// <summary>kill -9.</summary>
    public Task KillAsync() => _process!.KillAsync();

    public Task FreezeAsync() => _process!.SignalAsync("STOP");

    public Task ThawAsync() => _process!.SignalAsync("CONT");

    /// <summary>SIGTERM, and its end.</summary>
    public async Task TerminateAsync()
    {
        await _process!.SignalAsync("TERM");
        await _process.ExitAsync(TimeSpan.FromSeconds(90));
    }

    public Task ExitAsync(TimeSpan limit) => _process!.ExitAsync(limit);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }
}
