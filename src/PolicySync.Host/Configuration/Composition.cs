using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Dashboard;
using PolicySync.Adapters;
using PolicySync.AzureTables.GrainState;
using PolicySync.AzureTables.Hosting;
using PolicySync.Core.Tasks;
using PolicySync.Grains;
using PolicySync.Grains.SyncTasks;
using PolicySync.Host.Api;
using PolicySync.Host.ApiDocument;
using PolicySync.Host.Auth;
using PolicySync.Host.Cluster;
using PolicySync.Host.Health;
using PolicySync.Host.Http;
using PolicySync.Host.Storage;
using PolicySync.Host.Telemetry;
using Scalar.AspNetCore;

namespace PolicySync.Host.Configuration;

/// <summary>Where the parts of the service are put together; each part has one method that adds it.</summary>
internal static class Composition
{
    /// <summary>HTTP: what answers callers. Needs a task store and a grain factory.</summary>
    public static void AddFront(this WebApplicationBuilder builder, Settings settings)
    {
        var services = builder.Services;
        settings.AddTo(services);
        services.AddSingleton(TimeProvider.System);
        services.AddBearer(settings);
        services.AddTelemetry(settings);
        services.AddApi();
        services.AddApiDocument();
        services.AddHealth();
        services.AddTrustedProxies(settings);
        services.AddTokenRate(settings);
    }

    /// <summary>The silo: what does the work.</summary>
    public static void AddWork(this WebApplicationBuilder builder, Settings settings)
    {
        builder.Services.AddStorage(settings);
        builder.Services.AddPolicySyncAdapters();
        builder.Services.AddHostedService<ExactNeedsSelf>();
        builder.UseOrleans(silo =>
        {
            silo.UseCluster(settings);
            silo.AddStorage(settings);
        });

        // After the silo, as hosted services start in order: recovery calls grains.
        builder.Services.AddPolicySyncGrains(new GrainSettings(settings.Process.Instance));
    }

    /// <summary>Every address of the service.</summary>
    public static void MapFront(this WebApplication app, Settings settings)
    {
        app.UseTrustedProxies(settings);
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = static _ => Task.CompletedTask }); // FaultHandler answers
        app.UseStatusCodePages(context => Problem.Of(context.HttpContext.Response.StatusCode).ExecuteAsync(context.HttpContext));
        app.UseRouting();
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseAuthorization();

        if (settings.Connector.ApiServer)
        {
            TaskEndpoints.Map(app);
        }

        HealthEndpoints.Map(app);
        TelemetrySetup.Map(app, settings);
        app.MapOpenApi().RequireAuthorization();
        app.MapScalarApiReference("/scalar").RequireAuthorization();
    }

    /// <summary>The addresses that need the silo.</summary>
    public static void MapWork(this WebApplication app) => app.MapOrleansDashboard("/dashboard").RequireAuthorization(Access.Operations);

    private static void AddApi(this IServiceCollection services)
    {
        services.TryAddSingleton<TaskGateway>();
        services.AddSingleton<StorageDeadline>();
        services.AddSingleton<TaskEndpoints>();
        services.AddExceptionHandler<FaultHandler>();
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default);
            json.SerializerOptions.NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.Strict;
        });
    }

    private static void AddStorage(this IServiceCollection services, Settings settings)
    {
        if (settings.Storage.Provider == StorageProvider.Memory)
        {
            services.AddSingleton<ITaskStore>(static provider => ActivatorUtilities.CreateInstance<MemoryTaskStore>(provider, new Random()));
            services.AddSingleton<IDueStore, MemoryDueStore>();
        }
        else
        {
            services.AddAzureTableTaskStore();
        }
    }

    private static void AddStorage(this ISiloBuilder silo, Settings settings)
    {
        if (settings.Storage.Provider == StorageProvider.Memory)
        {
            // The same serializer as on disk: Orleans' own JSON refuses types that it was not told of.
            silo.AddMemoryGrainStorage(GrainNames.Storage, options => options.GrainStorageSerializer = new StableJsonGrainStorageSerializer());
        }
        else
        {
            silo.AddAzureTableGrainStorage(GrainNames.Storage);
        }
    }
}
