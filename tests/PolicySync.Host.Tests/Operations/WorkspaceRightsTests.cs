using System.Reflection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Options;
using PolicySync.Core.Principals;
using PolicySync.Core.Securables;
using PolicySync.Grains.Waits;
using PolicySync.Host.Health;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Operations;

/// <summary>What a start says of the service's rights in the workspace.</summary>
public sealed class WorkspaceRightsTests
{
    private static readonly DirectorySelf Self = new("1", "app-1", []);

    private WaitBoard? _waits;

    /// <summary>What the workspace refuses, what the log says, and what readiness shows.</summary>
    [Theory]
    [InlineData("", "knows this service as app-1", HealthStatus.Healthy)]
    [InlineData("me", "lacks the right to read users, service principals and groups, and itself", HealthStatus.Degraded)]
    [InlineData("list", "lacks the right to list catalogs", HealthStatus.Degraded)]
    [InlineData("nothing listed", "lacks the right to see a managed catalog", HealthStatus.Degraded)]
    [InlineData("grants", "lacks the right to read and change grants on catalog main: it needs MANAGE", HealthStatus.Degraded)]
    [InlineData("credential", "refuses this service (CREDENTIALS_REFUSED)", HealthStatus.Degraded)]
    [InlineData("outage", "Could not check the service's rights in the workspace (UNAVAILABLE: away)", HealthStatus.Degraded)]
    public async Task What_is_missing_is_named_and_shown_and_stops_nothing(string refused, string says, HealthStatus health)
    {
        var log = new LogLines();
        using var rights = Rights(refused, log, new FakeTimeProvider());

        await rights.StartAsync(CancellationToken.None);
        await UntilAsync(() => log.All.Any(line => line.Contains(says, StringComparison.Ordinal)), log);

        Assert.Equal(health, (await rights.CheckHealthAsync(new HealthCheckContext())).Status);
        await rights.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_right_that_is_given_later_is_seen_without_a_restart()
    {
        var time = new FakeTimeProvider();
        var log = new LogLines();
        var workspace = Workspace.Create("grants");
        using var rights = Rights(workspace, "", log, time);
        await rights.StartAsync(CancellationToken.None);
        await UntilAsync(() => log.All.Any(line => line.Contains("lacks", StringComparison.Ordinal)), log);

        workspace.Refused = "";
        await UntilAsync(() =>
        {
            time.Advance(WorkspaceRights.WhileMissing); // whenever it has begun to wait
            return log.All.Any(line => line.Contains("knows this service", StringComparison.Ordinal));
        }, log);

        Assert.Equal(HealthStatus.Healthy, (await rights.CheckHealthAsync(new HealthCheckContext())).Status);
        await rights.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Readiness_shows_that_tasks_wait_for_the_workspace_until_they_no_longer_do()
    {
        var time = new FakeTimeProvider();
        using var rights = Rights("", new LogLines(), time);
        Assert.Equal(HealthStatus.Healthy, (await rights.CheckHealthAsync(new HealthCheckContext())).Status);

        _waits!.Note(WaitKind.Workspace, "UNAVAILABLE: a page came in place of an answer");
        Assert.Equal(HealthStatus.Healthy, (await rights.CheckHealthAsync(new HealthCheckContext())).Status); // for a moment only, as yet
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(HealthStatus.Degraded, (await rights.CheckHealthAsync(new HealthCheckContext())).Status);

        time.Advance(WaitBoard.Holds + TimeSpan.FromSeconds(1));
        Assert.Equal(HealthStatus.Healthy, (await rights.CheckHealthAsync(new HealthCheckContext())).Status);
    }

    private WorkspaceRights Rights(string refused, LogLines log, TimeProvider time) => Rights(Workspace.Create(refused), refused, log, time);

    private WorkspaceRights Rights(Workspace workspace, string refused, LogLines log, TimeProvider time)
    {
        using var logging = LoggerFactory.Create(builder => builder.AddProvider(log));
        _waits = new WaitBoard(time, logging.CreateLogger<WaitBoard>());
        return new WorkspaceRights(
            new Directory(refused), (IUnityCatalog)(object)workspace, Options.Create(new SyncOptions()), _waits, time, logging.CreateLogger<WorkspaceRights>());
    }

    private static async Task UntilAsync(Func<bool> holds, LogLines log)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        for (var i = 0; i < 3_000; i++)
        {
            if (holds())
            {
                return;
            }

            await timer.WaitForNextTickAsync();
        }

        Assert.Fail(string.Join('\n', log.All));
    }

    private sealed class Directory(string refused) : IPrincipalDirectory
    {
        public Task<PrincipalSnapshot> GetAsync(CancellationToken cancellation) => refused switch
        {
            "credential" => throw new SyncException(SyncErrorCode.CredentialsRefused, "401"),
            "outage" => throw new SyncException(SyncErrorCode.Unavailable, "away"),
            _ => Task.FromResult(new PrincipalSnapshot([], [], [], refused == "me" ? null : Self)),
        };
    }

    /// <summary>A workspace with one catalog of ours, beside one that every workspace has.</summary>
    public class Workspace : DispatchProxy
    {
        internal string Refused { get; set; } = "";

        internal static Workspace Create(string refused)
        {
            var workspace = (Workspace)(object)Create<IUnityCatalog, Workspace>();
            workspace.Refused = refused;
            return workspace;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name switch
        {
            nameof(IUnityCatalog.ListAsync) => Refused == "list"
                ? throw new SyncException(SyncErrorCode.PermissionDenied, "403")
                : Task.FromResult(new SecurablePage(
                    [Facts("system"), .. Refused == "nothing listed" ? Array.Empty<SecurableFacts>() : [Facts("main")]], null)),
            nameof(IUnityCatalog.GetPermissionsAsync) => Refused == "grants"
                ? throw new SyncException(SyncErrorCode.PermissionDenied, "403")
                : Task.FromResult<IReadOnlyList<Assignment>>([]),
            _ => throw new NotSupportedException(targetMethod.Name),
        };

        private static SecurableFacts Facts(string catalog) => new(Securable.Catalog(catalog), "CATALOG", null, null);
    }
}
