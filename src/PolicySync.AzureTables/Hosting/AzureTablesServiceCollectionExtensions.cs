using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PolicySync.AzureTables.Access;
using PolicySync.AzureTables.Drift;
using PolicySync.AzureTables.Policies;
using PolicySync.AzureTables.Records;
using PolicySync.AzureTables.Suspensions;
using PolicySync.AzureTables.Tables;
using PolicySync.AzureTables.Tasks;
using PolicySync.AzureTables.Webhooks;
using PolicySync.Core;
using PolicySync.Core.Drift;
using PolicySync.Core.Options;
using PolicySync.Core.Policies.Watching;
using PolicySync.Core.Records;
using PolicySync.Core.Reports.Index;
using PolicySync.Core.Securables;
using PolicySync.Core.Suspensions;
using PolicySync.Core.Tasks;
using PolicySync.Core.Webhooks;

namespace PolicySync.AzureTables.Hosting;

/// <summary>Registers the storage account and the stores in its tables.</summary>
public static class AzureTablesServiceCollectionExtensions
{
    /// <summary>
    /// Adds the storage account. Bind the options from <see cref="AzureTablesOptions.Section"/>; they are validated when the
    /// host starts.
    /// </summary>
    public static OptionsBuilder<AzureTablesOptions> AddAzureTables(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<TableStorage>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AzureTablesOptions>, AzureTablesRangeValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AzureTablesOptions>, AzureTablesOptionsValidator>());
        return services.AddOptions<AzureTablesOptions>().ValidateOnStart();
    }

    /// <summary>
    /// Adds <see cref="ITaskStore"/>, <see cref="ITaskKeys"/>, <see cref="ICandidateSets"/>, <see cref="IWatchedSets"/>, <see cref="IDueStore"/>,
    /// <see cref="IObjectNames"/>, <see cref="ISuspensions"/>, <see cref="IAccessIndex"/>, <see cref="IDriftStore"/>, <see cref="IWebhookOutbox"/> and
    /// <see cref="IStoredRecords"/> in tables, for silos and clients.
    /// Needs the options of <see cref="AddAzureTables"/> and <see cref="TasksOptions"/>.
    /// </summary>
    public static IServiceCollection AddAzureTableTaskStore(this IServiceCollection services)
    {
        services.AddAzureTables();
        services.TryAddSingleton(IdGenerator.System);
        services.AddSingleton<ITaskStore>(static provider => new AzureTableTaskStore(
            provider.GetRequiredService<TableStorage>(),
            provider.GetRequiredService<IOptions<TasksOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            new Random(),
            provider.GetRequiredService<IdGenerator>()));
        services.AddSingleton<ITaskKeys, AzureTableTaskKeys>();
        services.AddSingleton<ICandidateSets, AzureTableCandidateSets>();
        services.AddSingleton<IWatchedSets, AzureTableWatchedSets>();
        services.AddSingleton<IDueStore, AzureTableDueStore>();
        services.AddSingleton<IObjectNames, AzureTableObjectNames>();
        services.AddSingleton<IDriftStore, AzureTableDrift>();
        services.AddSingleton<ISuspensions, AzureTableSuspensions>();
        services.AddSingleton<IWebhookOutbox, AzureTableWebhookOutbox>();
        services.AddSingleton<IAccessIndex, AzureTableAccessIndex>();
        services.AddSingleton<IStoredRecords, AzureTableRecords>();
        return services;
    }

    /// <summary>
    /// Adds the service that deletes tasks older than <see cref="TasksOptions.Retention"/>, for silos. Needs the options of
    /// <see cref="AddAzureTables"/> and <see cref="TasksOptions"/>.
    /// </summary>
    public static IServiceCollection AddAzureTableTaskRetention(this IServiceCollection services)
    {
        services.AddAzureTables();
        return services.AddHostedService(static provider => new TaskRetentionService(
            new TaskRetention(
                provider.GetRequiredService<TableStorage>(),
                provider.GetRequiredService<IOptions<TasksOptions>>(),
                provider.GetRequiredService<TimeProvider>()),
            provider.GetRequiredService<TimeProvider>(),
            new Random(),
            provider.GetRequiredService<ILogger<TaskRetentionService>>()));
    }
}
