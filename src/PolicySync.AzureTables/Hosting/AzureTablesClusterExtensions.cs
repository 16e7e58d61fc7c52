using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Hosting;
using Orleans.Messaging;
using PolicySync.AzureTables.Clustering;
using PolicySync.AzureTables.Reminders;

namespace PolicySync.AzureTables.Hosting;

/// <summary>Registers what makes processes a cluster.</summary>
public static class AzureTablesClusterExtensions
{
    /// <summary>
    /// The silo finds the other silos of its <c>ClusterId</c> in a table. Needs
    /// <see cref="AzureTablesServiceCollectionExtensions.AddAzureTables"/> with options.
    /// </summary>
    public static ISiloBuilder UseAzureTableClustering(
        this ISiloBuilder builder, Action<AzureTableClusteringOptions>? configure = null)
    {
        builder.Services.AddClusteringOptions(configure).AddSingleton<IMembershipTable, AzureTableMembershipTable>();
        return builder;
    }

    /// <summary>
    /// The client finds the gateways of its <c>ClusterId</c> in the silos' table. Needs
    /// <see cref="AzureTablesServiceCollectionExtensions.AddAzureTables"/> with options.
    /// </summary>
    public static IClientBuilder UseAzureTableClustering(
        this IClientBuilder builder, Action<AzureTableClusteringOptions>? configure = null)
    {
        builder.Services.AddClusteringOptions(configure).AddSingleton<IGatewayListProvider, AzureTableGatewayListProvider>();
        return builder;
    }

    /// <summary>
    /// Reminders that outlive the cluster, in a table. Needs
    /// <see cref="AzureTablesServiceCollectionExtensions.AddAzureTables"/> with options.
    /// </summary>
    public static ISiloBuilder UseAzureTableReminders(
        this ISiloBuilder builder, Action<AzureTableReminderOptions>? configure = null)
    {
        var services = builder.Services;
        services.AddAzureTables();
        services.AddReminders();
        services.AddOptions<AzureTableReminderOptions>().Configure(configure ?? (static _ => { })).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AzureTableReminderOptions>, ReminderRangeValidator>());
        services.AddSingleton<IReminderTable, AzureTableReminderTable>();
        return builder;
    }

    private static IServiceCollection AddClusteringOptions(
        this IServiceCollection services, Action<AzureTableClusteringOptions>? configure)
    {
        services.AddAzureTables();
        services.AddOptions<AzureTableClusteringOptions>().Configure(configure ?? (static _ => { })).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AzureTableClusteringOptions>, ClusteringRangeValidator>());
        return services;
    }
}

[OptionsValidator]
internal sealed partial class ClusteringRangeValidator : IValidateOptions<AzureTableClusteringOptions>;

[OptionsValidator]
internal sealed partial class ReminderRangeValidator : IValidateOptions<AzureTableReminderOptions>;
