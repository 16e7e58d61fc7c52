using Orleans.Dashboard;
using PolicySync.Core.Tasks;
using PolicySync.Grains.SyncTasks;
using PolicySync.Host.Api;
using PolicySync.Host.ApiDocument;
using PolicySync.Host.Auth;
using PolicySync.Host.Cluster;
using PolicySync.Host.Health;
using PolicySync.Host.Storage;
using PolicySync.Host.Telemetry;
using Scalar.AspNetCore;

namespace PolicySync.Host.Configuration;

/// <summary>Where the parts of the service are put together; each part has one method that adds it.</summary>
internal static class Composition
{
    /// <summary>Name of the grain storage that holds our state.</summary>
    public const string GrainStorage = "policysync";

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
    }

    /// <summary>The silo: what does the work.</summary>
    public static void AddWork(this WebApplicationBuilder builder, Settings settings)
    {
        builder.Services.AddStorage(settings);
        builder.UseOrleans(silo =>
        {
            silo.UseCluster(settings);
            silo.AddStorage(settings);
        });
    }

    /// <summary>Every address of the service.</summary>
    public static void MapFront(this WebApplication app, Settings settings)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = static _ => Task.CompletedTask }); // FaultHandler answers
        app.UseStatusCodePages(context => Problem.Of(context.HttpContext.Response.StatusCode).ExecuteAsync(context.HttpContext));
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();

        TaskEndpoints.Map(app);
        HealthEndpoints.Map(app);
        TelemetrySetup.Map(app, settings);
        app.MapOpenApi().RequireAuthorization();
        app.MapScalarApiReference("/scalar").RequireAuthorization();
    }

    /// <summary>The addresses that need the silo.</summary>
    public static void MapWork(this WebApplication app) => app.MapOrleansDashboard("/dashboard").RequireAuthorization(Access.Operations);

    private static void AddApi(this IServiceCollection services)
    {
        services.AddSingleton<TaskGateway>();
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
            services.AddSingleton(new Random());
            services.AddSingleton<ITaskStore, MemoryTaskStore>();
        }
        else
        {
            throw new NotSupportedException("AzureTable");
        }
    }

    private static void AddStorage(this ISiloBuilder silo, Settings settings)
    {
        if (settings.Storage.Provider == StorageProvider.Memory)
        {
            silo.AddMemoryGrainStorage(GrainStorage);
        }
    }
}
