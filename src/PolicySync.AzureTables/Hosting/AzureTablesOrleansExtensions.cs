using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Clustering.AzureStorage;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Serialization;
using Orleans.Storage;
using PolicySync.AzureTables.States;
using PolicySync.AzureTables.Tables;
using PolicySync.Core.Records;
using PolicySync.Core.States;

namespace PolicySync.AzureTables.Hosting;

/// <summary>
/// Registers Orleans' own Azure providers on the account of <see cref="AzureTablesServiceCollectionExtensions.AddAzureTables"/>.
/// </summary>
public static class AzureTablesOrleansExtensions
{
    /// <summary>
    /// Writes grain state as UTF-8 JSON with the settings of <see cref="StoredJson"/>. The provider's default, Newtonsoft.Json, writes
    /// names that this serializer reads as an empty state.
    /// </summary>
    public static IGrainStorageSerializer GrainStateSerializer { get; } = CreateSerializer();

    /// <summary>Lets silos of one <c>ClusterId</c> find each other through <paramref name="table"/>.</summary>
    public static ISiloBuilder UseAzureTableClustering(
        this ISiloBuilder silo, string table = AzureStorageClusteringOptions.DEFAULT_TABLE_NAME)
    {
        silo.Services.AddAzureTables();
        return silo.UseAzureStorageClustering((OptionsBuilder<AzureStorageClusteringOptions> options) => options.Configure<TableStorage>(
            (clustering, storage) => (clustering.TableName, clustering.TableServiceClient) = (table, storage.ForOrleans(table))));
    }

    /// <summary>Lets the client find the gateways of its <c>ClusterId</c> through the silos' <paramref name="table"/>.</summary>
    public static IClientBuilder UseAzureTableClustering(
        this IClientBuilder client, string table = AzureStorageClusteringOptions.DEFAULT_TABLE_NAME)
    {
        client.Services.AddAzureTables();
        return client.UseAzureStorageClustering((OptionsBuilder<AzureStorageGatewayOptions> options) => options.Configure<TableStorage>(
            (gateways, storage) => (gateways.TableName, gateways.TableServiceClient) = (table, storage.ForOrleans(table))));
    }

    /// <summary>Adds the grain storage <paramref name="name"/>, which keeps its states in <paramref name="table"/>.</summary>
    public static ISiloBuilder AddTableGrainStorage(
        this ISiloBuilder silo, string name, string table = AzureTableStorageOptions.DEFAULT_TABLE_NAME)
    {
        silo.Services.AddAzureTables();
        silo.Services.TryAddSingleton(services => ActivatorUtilities.CreateInstance<StateBatches>(services, table));
        silo.Services.AddSingleton<IStateBatches>(static services => services.GetRequiredService<StateBatches>());
        var rows = RowsOf(name);
        silo.Services.AddKeyedSingleton<IGrainStorage>(name, (services, _) => new BatchedGrainStorage(
            services.GetRequiredKeyedService<IGrainStorage>(rows), services.GetRequiredService<StateBatches>(), GrainStateSerializer));
        return silo.AddAzureTableGrainStorage(rows, (OptionsBuilder<AzureTableStorageOptions> options) => options.Configure<TableStorage>(
            (states, storage) =>
            {
                (states.TableName, states.TableServiceClient) = (table, storage.ForOrleans(table));
                states.GrainStorageSerializer = GrainStateSerializer;
            }));
    }

    /// <summary>The name of the provider's own storage behind the storage <paramref name="name"/>.</summary>
    internal static string RowsOf(string name) => name + "-rows";

    private static SystemTextJsonGrainStorageSerializer CreateSerializer()
    {
        var options = new SystemTextJsonGrainStorageSerializerOptions();
        StoredJson.Apply(options.JsonSerializerOptions);
        return new SystemTextJsonGrainStorageSerializer(Options.Create(options));
    }
}
