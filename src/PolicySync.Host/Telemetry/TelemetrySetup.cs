using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using PolicySync.Core.Telemetry;
using PolicySync.Grains.Telemetry;
using PolicySync.Host.Auth;
using PolicySync.Host.Configuration;

namespace PolicySync.Host.Telemetry;

/// <summary>Sets up metrics for Prometheus and traces by OTLP.</summary>
internal static class TelemetrySetup
{
    private const string ServiceName = "policysync";

    /// <summary>The resource attribute that is a label of every series: it tells instances apart on one Prometheus.</summary>
    private const string NamespaceAttribute = "service.namespace";

    /// <summary>
    /// The variables of OpenTelemetry's specification that name the collector of traces. Without one of them no span is made, as it
    /// would cost time for nothing.
    /// </summary>
    private static readonly string[] Endpoints = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];

    /// <summary>Addresses that are polled, whose spans are of no interest.</summary>
    private static readonly PathString[] Untraced = ["/health", "/metrics", "/dashboard"];

    public static IServiceCollection AddTelemetry(this IServiceCollection services, Settings settings, IConfiguration configuration)
    {
        services.AddSingleton<ApiMetrics>();
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource
                .AddService(ServiceName, serviceNamespace: settings.Process.Instance, serviceVersion: ProductVersion.Text) // makes an id of the process
                .AddEnvironmentVariableDetector()) // OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME win
            .WithMetrics(metrics => metrics
                .AddMeter(MetricNames.Meter, MetricNames.Meter + ".*", "Microsoft.Orleans")
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation()
                .AddView(instrument => settings.Metrics.All ? null : ExportedMetrics.Of(instrument))
                .AddPrometheusExporter(exporter =>
                {
                    exporter.ScopeInfoEnabled = false; // a label on every series that says nothing that its name does not
                    exporter.ResourceConstantLabels = static attribute => attribute == NamespaceAttribute;
                }));
        if (Array.Exists(Endpoints, name => !string.IsNullOrWhiteSpace(configuration[name])))
        {
            telemetry.WithTracing(traces => traces
                .AddProcessor<TaskIdProcessor>()
                .AddSource(TaskTrace.SourceName, "Microsoft.Orleans.Application", "Microsoft.Orleans.Runtime", "Microsoft.Orleans.Lifecycle", "Microsoft.Orleans.Storage")
                .AddAspNetCoreInstrumentation(http => http.Filter = static context => !Array.Exists(Untraced, path => context.Request.Path.StartsWithSegments(path)))
                .AddHttpClientInstrumentation()
                .AddOtlpExporter());
        }

        return services;
    }

    public static void Map(IEndpointRouteBuilder routes, Settings settings)
    {
        var metrics = routes.MapPrometheusScrapingEndpoint("/metrics");
        _ = routes.ServiceProvider.GetRequiredService<ApiMetrics>(); // created here, so that its counters start at 0
        _ = settings.Metrics.Anonymous ? metrics.AllowAnonymous() : metrics.RequireAuthorization(Access.Operations);
    }
}
