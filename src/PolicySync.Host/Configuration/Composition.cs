using Microsoft.Extensions.DependencyInjection.Extensions;
using PolicySync.Adapters;
using PolicySync.AzureTables.Hosting;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Grains;
using PolicySync.Grains.SyncTasks;
using PolicySync.Host.Api;
using PolicySync.Host.ApiDocument;
using PolicySync.Host.Auth;
using PolicySync.Host.Auth.SignIn;
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
    /// <summary>How long the process may take to end: the silo's grains, then what HTTP still answers.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(90);

    /// <summary>HTTP: what answers callers. Needs a task store and a grain factory.</summary>
    public static void AddFront(this WebApplicationBuilder builder, Settings settings)
    {
        var services = builder.Services;
        settings.AddTo(services);
        services.AddSingleton(TimeProvider.System);
        services.AddBearer(settings);
        services.AddTelemetry(settings, builder.Configuration);
        services.AddTrustedProxies(settings);
        services.AddTokenRate(settings);
        services.AddHealth(settings.Process.Role);
        services.Configure<HostOptions>(host =>
        {
            host.ShutdownTimeout = ShutdownTimeout;

            // HTTP answers while the process still joins the cluster: health says that it is starting, and tasks can be
            // accepted and ended ones read without any silo. What ends goes in order all the same.
            host.ServicesStartConcurrently = true;
        });
        if (settings.HasApi)
        {
            services.AddApi();
            services.AddApiDocument();
            services.AddHostedService<DrainDelay>();
        }
    }

    /// <summary>Either the silo or the client of the silos, as the role says.</summary>
    public static void AddBack(this WebApplicationBuilder builder, Settings settings)
    {
        if (settings.HasSilo)
        {
            builder.AddWork(settings);
        }
        else
        {
            builder.AddClient(settings);
        }
    }

    /// <summary>The silo: what does the work.</summary>
    public static void AddWork(this WebApplicationBuilder builder, Settings settings)
    {
        builder.Services.AddStorage(settings);
        builder.Services.AddPolicySyncAdapters();
        builder.Services.AddHostedService<ExactNeedsSelf>();
        builder.Services.AddWorkspaceRights();
        builder.UseOrleans(silo =>
        {
            silo.UseCluster(settings);
            silo.AddStorage(settings);
            silo.AddActivityPropagation();
        });

        // After the silo, as hosted services stop in the reverse order: what calls grains ends before them.
        builder.Services.AddPolicySyncGrains(new GrainSettings(settings.Process.Instance));
    }

    /// <summary>The client of the silos: what a gateway has instead of grains.</summary>
    private static void AddClient(this WebApplicationBuilder builder, Settings settings)
    {
        builder.Services.AddStorage(settings);
        builder.UseOrleansClient(client => client.UseCluster(settings).AddActivityPropagation());
    }

    /// <summary>Every address of the service.</summary>
    public static void MapFront(this WebApplication app, Settings settings)
    {
        app.UseProtectiveHeaders();
        app.UseTrustedProxies(settings);
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = static _ => Task.CompletedTask }); // FaultHandler answers
        app.UseStatusCodePages(context => Problem.Of(context.HttpContext.Response.StatusCode).ExecuteAsync(context.HttpContext));
        app.UseRouting();
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseAuthorization();
        app.Use(CloseWhileDraining);

        HealthEndpoints.Map(app);
        TelemetrySetup.Map(app, settings);
        if (settings.HasApi && settings.Connector.ApiServer)
        {
            TaskEndpoints.Map(app);
        }

        if (settings.HasApi)
        {
            SignInEndpoints.Map(app);
            app.MapOpenApi().RequireAuthorization();
            app.MapScalarApiReference("/scalar").RequireAuthorization();
        }
    }

    /// <summary>The addresses that need the cluster.</summary>
    public static void MapWork(this WebApplication app) => DashboardRoutes.Map(app);

    /// <summary>A connection that stays open would bring further requests to a process that is about to end.</summary>
    private static Task CloseWhileDraining(HttpContext http, RequestDelegate next)
    {
        if (HttpProtocol.IsHttp11(http.Request.Protocol) && http.RequestServices.GetRequiredService<ProcessLife>().State == LifeState.Draining)
        {
            http.Response.Headers.Connection = "close";
        }

        return next(http);
    }

    private static void AddApi(this IServiceCollection services)
    {
        services.TryAddSingleton<TaskGateway>();
        services.TryAddSingleton<TaskListing>();
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
            services.AddSingleton<IObjectNames, MemoryObjectNames>();
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
            silo.AddMemoryGrainStorage(GrainNames.Storage, options => options.GrainStorageSerializer = AzureTablesOrleansExtensions.GrainStateSerializer);
        }
        else
        {
            silo.AddTableGrainStorage(GrainNames.Storage);
            silo.Services.AddAzureTableTaskRetention();
        }
    }
}
