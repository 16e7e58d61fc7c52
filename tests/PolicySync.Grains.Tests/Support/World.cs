using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Storage;
using Orleans.TestingHost;
using PolicySync.Core.Auditing;
using PolicySync.Core.Drift;
using PolicySync.Core.Grants;
using PolicySync.Core.Guards;
using PolicySync.Core.NewObjects;
using PolicySync.Core.Options;
using PolicySync.Core.Policies;
using PolicySync.Core.Policies.Watching;
using PolicySync.Core.Principals;
using PolicySync.Core.Reports.Index;
using PolicySync.Core.Securables;
using PolicySync.Core.States;
using PolicySync.Core.Suspensions;
using PolicySync.Core.Tasks;
using PolicySync.Core.Webhooks;
using PolicySync.Grains.Resources;
using PolicySync.Grains.SyncTasks;
using PolicySync.Host.Storage;

namespace PolicySync.Grains.Tests.Support;

/// <summary>Silos over fakes that outlive them.</summary>
internal sealed class World : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly ConcurrentDictionary<string, SiloFate> _fates = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private InProcessTestCluster? _cluster;

    private World(FakeTimeProvider? clock)
    {
        Clock = clock;
        Time = clock ?? TimeProvider.System;
        Catalog = new FakeUnityCatalog(Time);
        Store = new KeptTasks(Time);
    }

    /// <summary>Set when the test moves time itself.</summary>
    public FakeTimeProvider? Clock { get; }

    public TimeProvider Time { get; }

    public FakeUnityCatalog Catalog { get; }

    public FakePolicies Policies { get; } = new();

    public FakeDirectory Directory { get; } = new();

    public KeptTasks Store { get; }

    public FakeTags Tagged { get; } = new();

    public TagsOptions TagsOptions { get; } = new();

    public KeptDues Dues { get; } = new();

    public KeptNames Names { get; } = new();

    /// <summary>The candidate sets of plans.</summary>
    public MemoryCandidateSets Candidates { get; } = new(TimeProvider.System, Options.Create(new TasksOptions()));

    /// <summary>The policies whose changes were dealt with last.</summary>
    public MemoryWatchedSets Watched { get; } = new();

    public KeptIndex Index { get; } = new();

    /// <summary>Who receives the events of <see cref="Webhooks"/>.</summary>
    public Receivers Receivers { get; } = new();

    /// <summary>The events that are to be sent.</summary>
    public MemoryWebhookOutbox Outbox { get; } = new();

    /// <summary>Asked before each write of the outbox; what it returns is thrown.</summary>
    public Func<string, Exception?> OutboxTrouble { get; set; } = _ => null;

    public WebhooksOptions Webhooks { get; } = new();

    /// <summary>Recorded differences.</summary>
    public KeptDrift Drift { get; } = new();

    /// <summary>The audit stream; off unless a test turns it on.</summary>
    public KeptAudit Audit { get; } = new();

    public KeptSuspensions Suspensions { get; } = new();

    public KeptStates States { get; } = new();

    public SyncOptions Sync { get; } = new();

    public PoliciesOptions PoliciesOptions { get; } = new();

    public TasksOptions Tasks { get; } = new();

    public WorkspaceOptions Workspace { get; } = new();

    public int MaxDrivenTasks { get; set; } = 10_000;

    public IStateBatches Batches { get; set; } = new NoStateBatches();

    public TimeSpan RecoveryMinAge { get; set; } = TimeSpan.Zero;

    public VerifyOptions Verify { get; } = new();

    public WatchOptions Watch { get; } = new();

    public TimeSpan RecoveryPeriod { get; set; } = TimeSpan.FromHours(1);

    public TimeSpan LastResortPeriod { get; set; } = TimeSpan.FromHours(1);

    public TimeSpan DuePeriod { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long a silo waits for another's answer. A killed silo's process is still there in these tests, and keeps who
    /// has called it waiting that long.
    /// </summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a grain may take to come to life. Default: Orleans' own.</summary>
    public TimeSpan? ActivationTimeout { get; set; }

    /// <summary>Faults that a test expects to be logged are taken from here; others fail it.</summary>
    public ConcurrentQueue<string> Errors => _errors;

    public InProcessTestCluster Cluster => _cluster!;

    public TaskGateway Gateway { get; private set; } = null!;

    /// <summary>A call that the test holds.</summary>
    public Hold? Held { get; set; }

    public void Released() => Held!.Release();

    public static Task<World> StartAsync(Action<World> arrange, int silos = 1) => StartAsync(null, arrange, silos);

    /// <summary>A world in which time stands still unless the test moves it.</summary>
    public static Task<World> StartFrozenAsync(Action<World> arrange, int silos = 1) =>
        StartAsync(new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero)), arrange, silos);

    public async Task<SyncTask> SubmitAsync(params string[] resources) => await SubmitAsync(Request(resources));

    public Task<SyncTask> SubmitAsync(SyncRequest request) => Gateway.SubmitAsync(request, CancellationToken.None);

    /// <summary>Submits a task and waits for its end.</summary>
    public async Task<SyncTask> RunAsync(params string[] resources) => await EndOfAsync((await SubmitAsync(resources)).Id);

    public async Task<SyncTask> RunAsync(SyncRequest request) => await EndOfAsync((await SubmitAsync(request)).Id);

    public static SyncRequest Request(params string[] resources) => new()
    {
        Type = "RESOURCE_SYNC",
        Resources = [.. resources.Select(Support.Resources.Requested)],
    };

    public async Task<SyncTask> EndOfAsync(TaskId id)
    {
        SyncTask? task = null;
        await UntilAsync(() => (task = Store.FindAsync(id, CancellationToken.None).Result)!.Status.IsTerminal(), $"the end of task {id}");
        return task!;
    }

    /// <summary>The one result of a task of one securable.</summary>
    public ResourceResult ResultOf(SyncTask task) => Assert.Single(Store.ResultsOf(task.Id));

    public static async Task UntilAsync(Func<bool> holds, string what)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!holds())
        {
            if (TimeProvider.System.GetElapsedTime(since) > Patience)
            {
                Assert.Fail($"waited {Patience} for {what}");
            }

            await Task.Delay(5);
        }
    }

    /// <summary>Counts with a counter of the grains, from now on.</summary>
    public Counted Count(string counter) => new(Cluster, counter);

    /// <summary>Moves time in steps, and lets what waits for it run in between.</summary>
    public async Task PassAsync(TimeSpan span, TimeSpan? step = null)
    {
        for (var left = span; left > TimeSpan.Zero;)
        {
            var next = step is { } size && size < left ? size : left;
            Clock!.Advance(next);
            left -= next;
            await SettleAsync();
        }
    }

    /// <summary>Moves time until something holds.</summary>
    public async Task PassUntilAsync(Func<bool> holds, string what, TimeSpan? step = null)
    {
        for (var i = 0; !holds(); i++)
        {
            Assert.True(i < 20_000, $"time went by without {what}");
            Clock!.Advance(step ?? TimeSpan.FromMilliseconds(200));
            await SettleAsync();
        }
    }

    public async Task<SyncTask> PassUntilEndAsync(TaskId id, TimeSpan? step = null)
    {
        await PassUntilAsync(() => Store.FindAsync(id, CancellationToken.None).Result!.Status.IsTerminal(), $"the end of task {id}", step);
        return (await Store.FindAsync(id, CancellationToken.None))!;
    }

    /// <summary>
    /// Lets what is ready to run do so: at least a moment, and on a busy machine until little is done any more. Other tests
    /// of this process do something too, which is why there is an end to that.
    /// </summary>
    public static async Task SettleAsync()
    {
        const int quiet = 10;
        await Task.Delay(10);
        for (var more = 0; more < 8; more++)
        {
            var before = ThreadPool.CompletedWorkItemCount;
            await Task.Delay(5);
            var done = ThreadPool.CompletedWorkItemCount - before;
            if (ThreadPool.PendingWorkItemCount == 0 && done <= quiet)
            {
                return;
            }
        }
    }

    /// <summary>Ends a silo as <c>kill -9</c> would: from now on none of its calls has any effect or answer.</summary>
    public async Task KillAsync(InProcessSiloHandle silo)
    {
        _fates[silo.Name].Die();
        await Cluster.KillSiloAsync(silo);
    }

    /// <summary>From now on this silo finds no open task, and otherwise lives on.</summary>
    public void Blind(InProcessSiloHandle silo) => _fates[silo.Name].IsBlind = true;

    /// <summary>The silo that holds a resource grain.</summary>
    public InProcessSiloHandle SiloOf(string resourceKey)
    {
        Assert.True(Cluster.TryGetGrainContext(Cluster.Client.GetGrain<IResourceGrain>(resourceKey).GetGrainId(), out var context));
        return Cluster.GetSiloForAddress(context.Address.SiloAddress!)!;
    }

    /// <summary>The silo that drives a task.</summary>
    public InProcessSiloHandle SiloOf(TaskId task)
    {
        Assert.True(Cluster.TryGetGrainContext(Cluster.Client.GetGrain<ISyncTaskGrain>(task.Value).GetGrainId(), out var context));
        return Cluster.GetSiloForAddress(context.Address.SiloAddress!)!;
    }

    public int Activations(string grainClass) => Cluster.GetActiveSilos()
        .Sum(silo => silo.ServiceProvider.GetRequiredService<IGrainFactory>().GetGrain<IManagementGrain>(0)
            .GetSimpleGrainStatistics([silo.SiloAddress]).GetAwaiter().GetResult()
            .Where(statistic => statistic.GrainType.Contains(grainClass, StringComparison.Ordinal)).Sum(statistic => statistic.ActivationCount));

    public async ValueTask DisposeAsync()
    {
        Held?.Release();
        await Cluster.StopAllSilosAsync();
        await Cluster.DisposeAsync();
        Assert.True(_errors.IsEmpty, string.Join("\n", _errors.Take(3)));
    }

    private static async Task<World> StartAsync(FakeTimeProvider? clock, Action<World> arrange, int silos)
    {
        var world = new World(clock);
        arrange(world);
        var builder = new InProcessTestClusterBuilder((short)silos);
        builder.ConfigureHost(host => host.Logging.ClearProviders());
        builder.ConfigureSilo((options, silo) => world.Configure(options.SiloName, silo));
        world._cluster = builder.Build();
        await world._cluster.DeployAsync();
        world.Gateway = new TaskGateway(world.Store, world._cluster.Client, TimeProvider.System, NullLogger<TaskGateway>.Instance);
        return world;
    }

    private void Configure(string siloName, ISiloBuilder silo)
    {
        var fate = _fates[siloName] = new SiloFate(); // a silo may bear the name of a dead one
        var services = silo.Services;
        services.AddSingleton<ILoggerProvider>(new ErrorLog(_errors, fate));
        silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = options.SystemResponseTimeout = ResponseTimeout);
        silo.Configure<GrainCollectionOptions>(options => options.ActivationTimeout = ActivationTimeout ?? options.ActivationTimeout);
        services.UseTimeProviderForBackgroundAreas(TimeProvider.System);
        services.AddSingleton(Time);
        services.AddSingleton<IUnityCatalog>(new SiloCatalog(Catalog, fate));
        services.AddSingleton<ITableGuards>(new SiloGuards(Catalog, fate));
        services.AddSingleton<ITableListing>(new SiloListing(Catalog, fate));
        services.AddSingleton<ITaskStore>(new SiloTasks(Store, fate));
        services.AddSingleton<IDueStore>(new SiloDues(Dues, fate));
        services.AddSingleton<ICandidateSets>(Candidates);
        services.AddSingleton<IWatchedSets>(Watched);
        services.AddSingleton<IObjectNames>(new SiloNames(Names, fate));
        services.AddSingleton<IDriftStore>(new SiloDrift(Drift, fate));
        services.AddSingleton<ISuspensions>(new SiloSuspensions(Suspensions, fate));
        services.AddSingleton<IAuditStream>(new SiloAudit(Audit, fate));
        services.AddSingleton<IAccessIndex>(new SiloIndex(Index, fate));
        services.AddSingleton<IWebhookOutbox>(new SiloOutbox(Outbox, what => OutboxTrouble(what), fate));
        services.AddSingleton<IWebhookSender>(new SiloSender(Receivers, fate));
        services.AddSingleton(Options.Create(Webhooks));
        services.AddKeyedSingleton<IGrainStorage>(GrainNames.Storage, new SiloStates(States, fate));
        services.AddSingleton(Batches);
        services.AddSingleton<IPolicySource>(Policies);
        services.AddSingleton<IPolicyCache>(Policies);
        services.AddSingleton<IPrincipalDirectory>(Directory);
        services.AddSingleton(Options.Create(Sync));
        services.AddSingleton(Options.Create(PoliciesOptions));
        services.AddSingleton(Options.Create(Tasks));
        services.AddSingleton(Options.Create(TagsOptions));
        services.AddSingleton<ITagSource>(Tagged);
        services.AddSingleton(Options.Create(Workspace));
        services.AddSingleton(Options.Create(Verify));
        services.AddSingleton(Options.Create(Watch));
        services.AddSingleton(Options.Create(new PrincipalsOptions()));
        services.AddPolicySyncGrains(new GrainSettings("test")
        {
            RecoveryPeriod = RecoveryPeriod, RecoveryMinAge = RecoveryMinAge,
            LastResortPeriod = LastResortPeriod, LastResortMinAge = TimeSpan.Zero, MaxDrivenTasks = MaxDrivenTasks, DuePeriod = DuePeriod,
            WebhookPeriod = TimeSpan.FromMilliseconds(100),
        });
    }
}
