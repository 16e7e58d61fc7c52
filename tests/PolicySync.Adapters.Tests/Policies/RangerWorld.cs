using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PolicySync.Adapters.Policies;
using PolicySync.Adapters.Tests.Support;
using PolicySync.Core.Errors;
using PolicySync.Core.Options;
using PolicySync.Core.Policies;

namespace PolicySync.Adapters.Tests.Policies;

/// <summary>A Ranger Admin whose answers a test may change, and the source as the host wires it over it.</summary>
internal sealed class RangerWorld : IDisposable
{
    public const string Password = "correct-horse";
    public const string Url = "https://ranger.example:6182/base/";

    private readonly ServiceProvider _services;

    public RangerWorld(Action<RangerAdminOptions>? options = null, bool overNetwork = false)
    {
        Ranger = new StubWorkspace(Time) { Otherwise = Answer };
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Log));
        services.AddSingleton<TimeProvider>(Time);
        services.AddOptions<PoliciesOptions>().Configure(policies =>
        {
            policies.Source = PolicySourceKind.RangerAdmin;
            policies.RangerAdmin.Url = new Uri(Url);
            policies.RangerAdmin.ServiceName = "uc";
            policies.RangerAdmin.Username = "sync";
            policies.RangerAdmin.Password = Password;
            options?.Invoke(policies.RangerAdmin);
        });
        services.AddPolicySyncAdapters();
        if (!overNetwork)
        {
            services.AddHttpClient(RangerAdminClient.HttpClient).ConfigurePrimaryHttpMessageHandler(() => Ranger);
        }

        _services = services.BuildServiceProvider(validateScopes: true);
    }

    public TestTime Time { get; } = new();

    public LogCapture Log { get; } = new();

    /// <summary>What was asked.</summary>
    public StubWorkspace Ranger { get; }

    /// <summary>Version and name of a policy in the database.</summary>
    public (long Version, string Name) Policies { get; set; } = (7, "p");

    public long RoleVersion { get; set; } = 3;

    public long UserStoreVersion { get; set; } = 4;

    public long TagVersion { get; set; } = 5;

    /// <summary>Answers by part (<c>policies</c>, <c>roles</c>, <c>tags</c>, <c>xusers</c>) that stand in for the usual ones.</summary>
    public Dictionary<string, Func<HttpResponseMessage>> Instead { get; } = new(StringComparer.Ordinal);

    public IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    public IPolicySource Source => _services.GetRequiredService<IPolicySource>();

    public Task<PolicyDownload?> ReadAsync(string? knownStamp = null) => Source.ReadAsync(knownStamp, default);

    public async Task<string> StampAsync() => (await ReadAsync())!.Stamp;

    /// <summary>The expected refusal.</summary>
    public async Task<SyncException> RefusalAsync(string? knownStamp = null)
    {
        var failure = await World.FailureOf(() => ReadAsync(knownStamp));
        Assert.Equal(SyncErrorCode.PoliciesUnavailable, failure.Code);
        return failure;
    }

    /// <summary>The version that each part was asked by, of the last check: policies, roles, tags, user store.</summary>
    public string LastVersions()
    {
        var last = Ranger.Seen.TakeLast(4).ToDictionary(PartOf, VersionOf, StringComparer.Ordinal);
        return $"{last["policies"]} {last["roles"]} {last["tags"]} {last["xusers"]}";
    }

    public void Dispose() => _services.Dispose();

    public static string PoliciesJson(long version = 7, string name = "p", string service = "uc") =>
        $$$"""{"serviceName":"{{{service}}}","policyVersion":{{{version}}},"policies":[{"id":1,"name":"{{{name}}}"}],"serviceDef":{"name":"databricks_unity_catalog"}}""";

    // As Ranger does: what is asked for by the very version that is in the database has not changed.
    private HttpResponseMessage Answer(SeenRequest request)
    {
        var part = PartOf(request);
        if (Instead.TryGetValue(part, out var instead))
        {
            return instead();
        }

        var (version, body) = part switch
        {
            "policies" => (Policies.Version, PoliciesJson(Policies.Version, Policies.Name)),
            "roles" => (RoleVersion, $$"""{"serviceName":"uc","roleVersion":{{RoleVersion}},"rangerRoles":[{"name":"r"}]}"""),
            "tags" => (TagVersion, $$"""{"op":"add_or_update","serviceName":"uc","tagVersion":{{TagVersion}}}"""),
            "xusers" => (UserStoreVersion, $$"""{"userStoreVersion":{{UserStoreVersion}}}"""),
            _ => throw new InvalidOperationException(request.Line),
        };
        return VersionOf(request) == version.ToString(CultureInfo.InvariantCulture)
            ? StubWorkspace.Answer(304, "")
            : StubWorkspace.Json(body);
    }

    private static string PartOf(SeenRequest request) =>
        request.Path.Split('/') is var path && path[Array.IndexOf(path, "service") + 1] is var part && part == "plugins" ? "policies" : part;

    private static string? VersionOf(SeenRequest request) =>
        request.Query("lastKnownVersion") ?? request.Query("lastKnownRoleVersion") ?? request.Query("lastKnownUserStoreVersion");
}
