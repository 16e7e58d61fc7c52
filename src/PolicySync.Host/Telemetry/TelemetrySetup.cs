using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using PolicySync.Host.Auth;
using PolicySync.Host.Configuration;

namespace PolicySync.Host.Telemetry;

/// <summary>Metrics for Prometheus, and the sources of traces for whichever exporter a deployment adds.</summary>
internal static class TelemetrySetup
{
    public static IServiceCollection AddTelemetry(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton<ApiMetrics>();
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("policysync", serviceInstanceId: settings.Process.Instance))
            .WithMetrics(metrics => metrics
                .AddMeter(MetricNames.Meter, MetricNames.Meter + ".*", "Microsoft.Orleans")
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation()
                .AddPrometheusExporter())
            .WithTracing(traces => traces
                .AddSource(MetricNames.Meter, "Microsoft.Orleans.Application", "Microsoft.Orleans.Runtime", "Microsoft.Orleans.Lifecycle", "Microsoft.Orleans.Storage")
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation());
        return services;
    }

    public static void Map(IEndpointRouteBuilder routes, Settings settings)
    {
        var metrics = routes.MapPrometheusScrapingEndpoint("/metrics");
        _ = settings.Metrics.Anonymous ? metrics.AllowAnonymous() : metrics.RequireAuthorization(Access.Operations);
    }
}
