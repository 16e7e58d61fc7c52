using System.Globalization;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Storage;
using PolicySync.Adapters;
using PolicySync.Adapters.Events;
using PolicySync.AzureTables.Hosting;
using PolicySync.Core.Options;
using PolicySync.Core.Events;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Checks;
using PolicySync.Grains.Plans;
using PolicySync.Grains.Policies;
using PolicySync.Grains.Records;
using PolicySync.Grains.Resources;
using PolicySync.Grains.Resources.Questions;
using PolicySync.Grains.SyncTasks;
using PolicySync.Grains;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.Api;
using PolicySync.Host.Api.Catalogs;
using PolicySync.Host.Api.Checks;
using PolicySync.Host.Api.Drift;
using PolicySync.Host.Api.Events;
using PolicySync.Host.Api.Plans;
using PolicySync.Grains.Principals;
using PolicySync.Host.Api.Policies;
using PolicySync.Host.Api.Principals;
using PolicySync.Host.Api.Records;
using PolicySync.Host.Api.Securables;
using PolicySync.Host.Api.Suspensions;
using PolicySync.Host.ApiDocument;
using PolicySync.Host.Auth.SignIn;
using PolicySync.Host.Auth;
using PolicySync.Host.Cluster;
using PolicySync.Host.Events;
using PolicySync.Host.Health;
using PolicySync.Host.Http;
using PolicySync.Host.Storage;
using PolicySync.Host.Telemetry;
using PolicySync.Host.Ui;
using PolicySync.Ui;

namespace PolicySync.Host.Configuration;

/// <summary>Composes the service from its parts. Each part has one method that adds it.</summary>
internal static class Composition
{
    /// <summary>The time limit of a shutdown: for the silo's grains, then for HTTP requests in progress.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(90);

    /// <summary>Adds HTTP. Needs a task store and a grain factory.</summary>
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

            // HTTP starts before the process has joined the cluster: health reports the start, and tasks can be accepted and
            // finished ones read without a silo. Services still stop in order.
            host.ServicesStartConcurrently = true;
        });
        if (settings.HasApi)
        {
            services.AddApi();
            services.AddApiDocument();
            services.AddUi();
            services.AddHostedService<DrainDelay>();
        }
    }

    /// <summary>Adds the silo or the client of the silos, by role.</summary>
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

    /// <summary>Adds the silo, which does the work.</summary>
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

        // After the silo: hosted services stop in reverse order, so callers of grains stop before the grains.
        builder.Services.AddPolicySyncGrains(new GrainSettings(settings.Process.Instance));
        if (settings.HasEvents)
        {
            builder.Services.AddEvents(settings);
        }
    }

    /// <summary>Adds the client of the silos, which a gateway has instead of grains.</summary>
    private static void AddClient(this WebApplicationBuilder builder, Settings settings)
    {
        builder.Services.AddStorage(settings);
        builder.UseOrleansClient(client => client.UseCluster(settings).AddActivityPropagation());
    }

    /// <summary>Maps the routes of the service.</summary>
    public static void MapFront(this WebApplication app, Settings settings)
    {
        app.UseProtectiveHeaders();
        app.UseTrustedProxies(settings);
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = static _ => Task.CompletedTask }); // FaultHandler answers
        app.UseStatusCodePages(context => Problem.OfStatus(context.HttpContext.Response.StatusCode).ExecuteAsync(context.HttpContext));
        app.UseRouting();
        app.UseAuthentication();
        app.UseRateHeaders(settings);
        app.UseRateLimiter();
        app.UseAuthorization();
        app.Use(CloseWhileDraining);

        HealthEndpoints.Map(app);
        ProblemPages.Map(app);
        TelemetrySetup.Map(app, settings);
        if (settings.HasApi && settings.Connector.ApiServer)
        {
            TaskEndpoints.Map(app);
            SecurableEndpoints.Map(app);
            PolicyEndpoints.Map(app);
            AccessEndpoint.Map(app);
            PrincipalEndpoint.Map(app);
            EffectEndpoint.Map(app);
            DiffEndpoints.Map(app);
            SuspensionEndpoints.Map(app);
            ExplainEndpoint.Map(app);
            PlanEndpoints.Map(app);
            CheckEndpoint.Map(app);
            BudgetEndpoint.Map(app);
            DriftEndpoints.Map(app);
            RecordEndpoints.Map(app);
            CatalogEndpoint.Map(app);
            SecurableListEndpoint.Map(app);
            app.MapOperationsPage();
        }

        if (settings.HasApi)
        {
            SignInEndpoints.Map(app);
            app.MapOpenApi().RequireAuthorization();
            ApiReference.Map(app);
        }
    }

    /// <summary>Maps the routes that need the cluster.</summary>
    public static void MapWork(this WebApplication app) => DashboardRoutes.Map(app);

    /// <summary>Closes connections while draining, since an open one would bring further requests to a stopping process.</summary>
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
        services.AddKeyedTasks();
        services.TryAddSingleton<TaskListing>();
        services.AddSingleton<StorageDeadline>();
        services.AddSingleton<TaskWait>();
        services.AddSingleton<TaskAnswers>();
        services.AddSingleton<TaskCreation>();
        services.AddSingleton<TaskActions>();
        services.AddSingleton<TaskRetries>();
        services.AddSingleton<TaskEndpoints>();
        services.TryAddSingleton<SecurableRecords>();
        services.AddSingleton<SecurableEndpoints>();
        services.AddSingleton<CatalogReader>();
        services.AddSingleton<CatalogEndpoint>();
        services.AddSingleton<SecurableListEndpoint>();
        services.TryAddSingleton<CurrentPolicies>();
        services.AddSingleton<PolicyEndpoints>();
        services.AddSingleton<PlanSteps>();
        services.AddSingleton<PlanSummaries>();
        services.AddSingleton<PlanTasks>();
        services.AddSingleton<PlanEndpoints>();
        services.AddSingleton<SecurableQuestions>();
        services.AddSingleton<AccessEndpoint>();
        services.AddSingleton<PrincipalReach>();
        services.AddSingleton<PrincipalEndpoint>();
        services.AddSingleton<EffectEndpoint>();
        services.AddSingleton<DiffEndpoints>();
        services.AddSingleton<SuspensionEndpoints>();
        services.AddSingleton<ExplainEndpoint>();
        services.AddSingleton<DoctorCalls>();
        services.AddSingleton<CheckEndpoint>();
        services.AddSingleton<BudgetEndpoint>();
        services.AddSingleton<TaskOrders>();
        services.AddSingleton<DriftActions>();
        services.AddSingleton<DriftEndpoints>();
        services.AddSingleton<RecordReader>();
        services.AddSingleton<RecordWriter>();
        services.AddSingleton<RecordEndpoints>();
        services.AddSingleton<OpenStreams>();
        services.AddSingleton<TaskFollower>();
        services.AddSingleton<TaskEvents>();
        services.AddExceptionHandler<FaultHandler>();
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default);
            json.SerializerOptions.NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.Strict;
        });
    }

    private static void AddKeyedTasks(this IServiceCollection services)
    {
        services.TryAddSingleton<TaskGateway>();
        services.TryAddSingleton(static provider => ActivatorUtilities.CreateInstance<KeyedTasks>(provider, new Random()));
    }

    private static void AddEvents(this IServiceCollection services, Settings settings)
    {
        services.AddKeyedTasks();
        services.AddSingleton(Options.Create(settings.Events));
        if (settings.Events.EventHub.Format == EventFormat.DatabricksAudit)
        {
            services.AddSingleton<IEventIntake, AuditAcceptance>();
        }
        else
        {
            services.AddSingleton<IEventIntake, EventAcceptance>();
        }

        var cluster = settings.Cluster;
        services.AddEventHub(new EventHubPlace(
            settings.Process.Instance,
            string.Create(CultureInfo.InvariantCulture, $"{cluster.ClusterId}/{cluster.AdvertisedAddress}:{cluster.SiloPort}"),
            settings.Storage.Provider == StorageProvider.Memory ? null : settings.Tables.ConnectionString,
            settings.Storage.Provider == StorageProvider.Memory ? null : settings.Tables.ServiceUri));
    }

    private static void AddStorage(this IServiceCollection services, Settings settings)
    {
        if (settings.Storage.Provider == StorageProvider.Memory)
        {
            services.AddMemoryStorage();
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
            silo.Services.AddKeyedSingleton<IGrainStorage>(GrainNames.Storage, static (provider, _) => provider.GetRequiredService<MemoryStates>());
        }
        else
        {
            silo.AddTableGrainStorage(GrainNames.Storage);
            silo.Services.AddAzureTableTaskRetention();
        }
    }
}
