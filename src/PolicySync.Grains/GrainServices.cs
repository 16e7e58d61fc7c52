using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using PolicySync.Core;
using PolicySync.Core.Auditing;
using PolicySync.Core.Grants;
using PolicySync.Core.NewObjects;
using PolicySync.Core.Options;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.States;
using PolicySync.Core.Workspaces;
using PolicySync.Grains.Auditing;
using PolicySync.Grains.Checks;
using PolicySync.Grains.Policies;
using PolicySync.Grains.PolicyWatch;
using PolicySync.Grains.Resources;
using PolicySync.Grains.Resources.Indexing;
using PolicySync.Grains.Resources.Questions;
using PolicySync.Grains.Resources.Drift;
using PolicySync.Grains.Resources.Isolating;
using PolicySync.Grains.Resources.Reading;
using PolicySync.Grains.Resources.Renames;
using PolicySync.Grains.Resources.Restoring;
using PolicySync.Grains.Resources.Runs;
using PolicySync.Grains.Schedules;
using PolicySync.Grains.Suspensions;
using PolicySync.Grains.SyncTasks;
using PolicySync.Grains.Telemetry;
using PolicySync.Grains.Verification;
using PolicySync.Grains.Waits;
using PolicySync.Grains.Watching;
using PolicySync.Grains.Webhooks;
using PolicySync.Grains.Workspaces;

namespace PolicySync.Grains;

/// <summary>Registers the services of a silo's grains.</summary>
public static class GrainServices
{
    /// <summary>
    /// Adds the services that the grains of a silo need. The host adds the ports of Core, the options, a <see cref="TimeProvider"/>,
    /// an <see cref="Core.Tasks.ITaskStore"/>, an <see cref="Core.Tasks.IDueStore"/>, an <see cref="Core.Securables.IObjectNames"/>, an
    /// <see cref="Core.Tasks.ICandidateSets"/>, an <see cref="Core.Policies.Watching.IWatchedSets"/>, an <see cref="Core.Suspensions.ISuspensions"/>, an <see cref="Core.Reports.Index.IAccessIndex"/>, an
    /// <see cref="Core.Drift.IDriftStore"/>, an <see cref="Core.Webhooks.IWebhookOutbox"/> and a grain storage named <see cref="GrainNames.Storage"/>.
    /// </summary>
    public static IServiceCollection AddPolicySyncGrains(this IServiceCollection services, GrainSettings settings) => services.AddAudit()
        .AddSingleton(settings)
        .AddSingleton(IdGenerator.System)
        .AddMetrics()
        .AddSingleton<GrainMetrics>()
        .AddSingleton<WaitBoard>()
        .AddSingleton<WebhookNotices>()
        .AddSingleton<PolicyRefusals>()
        .AddSingleton(static provider => new WebhookClock(provider.GetRequiredService<TimeProvider>(), new Random()))
        .AddSingleton<WebhookMetrics>()
        .AddSingleton<WebhookAttempts>()
        .AddSingleton<AcceptedPolicies>()
        .AddSingleton<PolicyCompiler>()
        .AddSingleton<PolicySnapshots>()
        .AddSingleton<CurrentPolicies>()
        .AddSingleton<CandidatePolicies>()
        .AddSingleton<IBudgetLeases, GrainBudgetLeases>()
        .AddStateBatches()
        .AddSingleton<IResourceRuns, ResourceCalls>()
        .AddSingleton<ParentRuns>()
        .AddSingleton<Agenda>()
        .AddSingleton<RenamedObjects>()
        .AddSingleton<StateRestorer>()
        .AddSingleton<SecurableRecords>()
        .AddSingleton<RunQuestions>()
        .AddSingleton<SuspensionWatch>()
        .AddSingleton<KnownCatalogs>()
        .AddSingleton<IndexGeneration>()
        .AddSingleton<IndexUpdates>()
        .AddSingleton<DriftNotes>()
        .AddSingleton<RunDrift>()
        .AddSingleton<RunTags>()
        .AddSingleton<RefusedPrincipals>()
        .AddSingleton<MetastoreOwner>()
        .AddSingleton<CatalogRights>()
        .AddSingleton<ServiceChecks>()
        .AddSingleton<WorkspaceChecks>()
        .AddSingleton<Doctor>()
        .AddSingleton<GuardSchemas>()
        .AddSingleton<RunSources>()
        .AddSingleton<RunSettings>()
        .AddSingleton<RunServices>()
        .AddSingleton<ResourceRunner>()
        .AddSingleton<TaskServices>()
        .AddSingleton<WalkGate>()
        .AddSingleton<TaskAdmission>()
        .AddSingleton<ClusterWatch>()
        .AddSingleton<TaskGateway>()
        .AddSingleton<VerifyScopes>()
        .AddWatch()
        .AddPolicyWatch()
        .AddHostedService<VerifySchedule>()
        .AddHostedService<TaskBacklog>()
        .AddHostedService<TaskRecovery>()
        .AddHostedService<DueWatch>()
        .AddHostedService<WebhookDispatch>();

    private static IServiceCollection AddWatch(this IServiceCollection services) => services
        .AddSingleton<WatchMetrics>()
        .AddSingleton<SyncedTables>()
        .AddSingleton(static provider => new WatchParts
        {
            Catalog = provider.GetRequiredService<IUnityCatalog>(),
            Tables = provider.GetRequiredService<ITableListing>(),
            Synced = provider.GetRequiredService<SyncedTables>(),
            Scopes = new RoundScopes(provider.GetRequiredService<IOptions<SyncOptions>>().Value, provider.GetRequiredService<IOptions<WatchOptions>>().Value.Scopes),
            Options = provider.GetRequiredService<IOptions<WatchOptions>>().Value,
            Metrics = provider.GetRequiredService<WatchMetrics>(),
            SubmitAsync = async request => (await provider.GetRequiredService<TaskGateway>().SubmitAsync(request, CancellationToken.None)).Id,
        })
        .AddHostedService<WatchSchedule>();

    private static IServiceCollection AddPolicyWatch(this IServiceCollection services) => services
        .AddSingleton<WatchedVersions>()
        .AddSingleton<ConcernedResources>()
        .AddSingleton<ChangeLimit>()
        .AddSingleton<ChangeTasks>()
        .AddSingleton<PolicyWatchMetrics>()
        .AddSingleton<PolicyWatchServices>()
        .AddHostedService<PolicyWatchSchedule>();

    // A storage that reads states together registers its own.
    private static IServiceCollection AddStateBatches(this IServiceCollection services)
    {
        services.TryAddSingleton<IStateBatches, NoStateBatches>();
        return services;
    }

    private static IServiceCollection AddAudit(this IServiceCollection services)
    {
        services.TryAddSingleton<IAuditStream, NoAuditStream>();
        return services.AddSingleton<AuditNotices>();
    }
}
