using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using PolicySync.Core.Drift;
using PolicySync.Core.Explaining;
using PolicySync.Core.Grants;
using PolicySync.Core.Guards;
using PolicySync.Core.Options;
using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Core.Reports;
using PolicySync.Core.Reports.Index;
using PolicySync.Core.Securables;
using PolicySync.Core.Suspensions;
using PolicySync.Core.Tasks;
using PolicySync.Core.Webhooks;
using PolicySync.Grains;
using PolicySync.Grains.Policies;
using PolicySync.Grains.Resources;
using PolicySync.Grains.Resources.Runs;
using PolicySync.Grains.SyncTasks;
using PolicySync.Host.Storage;

namespace PolicySync.Sequences.Tests.Support;

/// <summary>
/// The service as a silo wires it, over the adapters of a worker. What is not the service's own logic stands in memory:
/// tasks, due rows, states of grains. Runs on containers are made by recursion where the cluster would ask their grains.
/// </summary>
internal sealed class Service : IDisposable
{
    private const string Instance = "sequences";

    private readonly GrainStates _states = new();
    private readonly IObjectNames _names = new KnownNames();
    private readonly Worker _worker;
    private readonly IPolicySource _source;
    private readonly Variant _variant;
    private ServiceProvider _services;
    private long _tasks;

    public Service(Worker worker, IPolicySource source, Variant variant)
    {
        (_worker, _source, _variant) = (worker, source, variant);
        if (!variant.RemembersPolicies)
        {
            _states.Forget();
        }

        _services = Build();
    }

    /// <summary>The index of access, kept over restarts.</summary>
    public MemoryAccessIndex Index { get; } = new();

    public SyncOptions Sync { get; } = new() { RetryFor = TimeSpan.FromSeconds(10), VerifyTimeout = TimeSpan.FromSeconds(5) };

    public PoliciesOptions Policies { get; } = new() { MaxWait = TimeSpan.FromSeconds(5) };

    /// <summary>Syncs one securable as a task does, and tells what came of it.</summary>
    public Task<IReadOnlyList<ResourceResult>> SyncAsync(Securable target, bool allowRevoke) => RunTaskAsync(TaskTypes.ResourceSync, target, allowRevoke);

    /// <summary>Compares one securable with policy as a task does, and tells what came of it.</summary>
    public Task<IReadOnlyList<ResourceResult>> VerifyAsync(Securable target) => RunTaskAsync(TaskTypes.Verify, target, allowRevoke: true);

    private async Task<IReadOnlyList<ResourceResult>> RunTaskAsync(string type, Securable target, bool allowRevoke)
    {
        var services = _services.GetRequiredService<TaskServices>();
        var levels = target.Type.Levels();
        var request = new SyncRequest
        {
            Type = type,
            Resources = [new RequestedResource(Core.WireNames.Of(target.Type), levels.Zip(target.Parts).ToDictionary())],
            AllowRevoke = allowRevoke,
        };
        var store = (TaskResults)services.Store;
        store.Results.Clear();
        var task = new SyncTask { Id = TaskId.Create(_worker.Time.GetUtcNow(), 0, (int)(++_tasks % 65_536)), Request = request, CreateTime = _worker.Time.GetUtcNow() };
        var driver = new TaskDriver(task, services, CancellationToken.None);
        // A driver lives in the scheduler of its grain, which does one thing at a time.
        await Task.Factory.StartNew(
            driver.RunAsync, CancellationToken.None, TaskCreationOptions.None, new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler).Unwrap();
        return store.Results.Count > 0 ? [.. store.Results] : [Broken(target, driver.Current)];
    }

    /// <summary>Who has access to a securable; a reply without an answer has the error of its result.</summary>
    public Task<RunReply> AskAsync(Securable securable) => _services.GetRequiredService<IResourceRuns>().RunToEndAsync(
        new RunRequest { Securable = securable, DryRun = true, TaskId = 0, Access = new AccessQuery() }, _ => { }, CancellationToken.None);

    /// <summary>Why a principal has a privilege or not; a reply without an answer has the error of its result.</summary>
    public Task<RunReply> ExplainAsync(Securable securable, ExplainQuestion question) => _services.GetRequiredService<IResourceRuns>().RunToEndAsync(
        new RunRequest { Securable = securable, DryRun = true, TaskId = 0, Explain = question }, _ => { }, CancellationToken.None);

    /// <summary>Whether the policies of this version are those that were accepted last.</summary>
    public bool HasAccepted(long version) => _states.Of<PolicyBaselineState>(GrainStates.Baseline).State.Stamp == $"{version}";

    /// <summary>The process ends and comes back: what it held in memory is gone.</summary>
    public void Restart()
    {
        _services.Dispose();
        _services = Build();
    }

    public void Dispose() => _services.Dispose();

    // A task that ended as a whole has no result to show.
    private static ResourceResult Broken(Securable target, SyncTask task) => new()
    {
        Type = ResourceResult.TypeOf(target), FullName = target.FullName, Status = ResourceStatus.Failed, Message = task.Message,
    };

    private ServiceProvider Build()
    {
        var services = new ServiceCollection();
        services.AddPolicySyncGrains(new GrainSettings(Instance));
        services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance).AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddSingleton<TimeProvider>(_worker.Time).AddSingleton(_worker.Metrics);
        services.AddSingleton(_variant.Catalog(_worker.Get<IUnityCatalog>()));
        services.AddSingleton(_variant.Tables(_worker.Get<ITableGuards>()));
        services.AddSingleton(_variant.Directory(new UnchangedDirectory(_worker.Get<IPrincipalDirectory>(), _worker.Workspace)));
        services.AddSingleton(_worker.Get<ITagSource>());
        services.AddSingleton(_source).AddSingleton<IPolicyCache, NoCache>();
        services.AddSingleton(_states.Grains);
        services.AddSingleton<ITaskStore, TaskResults>().AddSingleton<IDueStore, NothingDue>();
        services.AddSingleton<ISuspensions, NothingSuspended>().AddSingleton<ICandidateSets, NoCandidateSets>();
        services.AddSingleton<IAccessIndex>(Index);
        services.AddSingleton<IDriftStore, NothingDrifts>();
        services.AddSingleton<IWebhookOutbox>(static _ => null!); // without endpoints it is not called
        services.AddSingleton<IResourceRuns>(provider =>
        {
            var runs = new DirectRuns(provider.GetRequiredService<ResourceRunner>, _states, Instance, _worker.Time);
            _states.Resources = runs.GrainOf;
            return runs;
        });
        services.AddSingleton(_names);
        AddOptions(services, Sync);
        AddOptions(services, Policies);
        AddOptions(services, new TagsOptions());
        AddOptions(services, new TasksOptions());
        AddOptions(services, new VerifyOptions());
        AddOptions(services, _worker.Get<IOptions<WorkspaceOptions>>().Value);
        AddOptions(services, _worker.Get<IOptions<PrincipalsOptions>>().Value);
        return services.BuildServiceProvider();
    }

    private static void AddOptions<T>(ServiceCollection services, T value)
        where T : class => services.AddSingleton(Options.Create(value));

    private sealed class NoCache : IPolicyCache
    {
        public Task KeepAsync(string stamp, IReadOnlyList<PolicyDocument> documents, CancellationToken cancellation) => Task.CompletedTask;

        public Task<PolicyDownload?> FindAsync(string stamp, CancellationToken cancellation) => Task.FromResult<PolicyDownload?>(null);
    }
}
