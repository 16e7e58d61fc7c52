using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using PolicySync.Core.Telemetry;
using PolicySync.Grains.Telemetry;
using PolicySync.Host.Auth;
using PolicySync.Host.Configuration;

namespace PolicySync.Host.Telemetry;

/// <summary>Metrics for Prometheus, and traces for whoever collects them by OTLP.</summary>
internal static class TelemetrySetup
{
    /// <summary>
    /// Variables by which OpenTelemetry's specification says where traces go. Without one of them no span is made: it
    /// would cost time and reach nobody.
    /// </summary>
    private static readonly string[] Endpoints = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];

    /// <summary>Addresses that are asked every few seconds and tell nothing.</summary>
    private static readonly PathString[] Untraced = ["/health", "/metrics", "/dashboard"];

    public static IServiceCollection AddTelemetry(this IServiceCollection services, Settings settings, IConfiguration configuration)
    {
        services.AddSingleton<ApiMetrics>();
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("policysync", serviceVersion: ProductVersion.Text, serviceInstanceId: settings.Process.Instance))
            .WithMetrics(metrics => metrics
                .AddMeter(MetricNames.Meter, MetricNames.Meter + ".*", "Microsoft.Orleans")
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation()
                .AddPrometheusExporter());
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
        _ = routes.ServiceProvider.GetRequiredService<ApiMetrics>(); // begins at 0 now that somebody counts
        _ = settings.Metrics.Anonymous ? metrics.AllowAnonymous() : metrics.RequireAuthorization(Access.Operations);
    }
}
