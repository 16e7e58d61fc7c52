using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using PolicySync.Host.Configuration;

namespace PolicySync.Host.Health;

/// <summary>
/// <c>/health/live</c>: the process runs; nothing outside it can make this fail, as a restart would cure nothing.
/// <c>/health/ready</c>: it can be used.
/// </summary>
internal static class HealthEndpoints
{
    public static IServiceCollection AddHealth(this IServiceCollection services, ProcessRole role)
    {
        services.AddSingleton<ProcessLife>();
        services.AddSingleton<StorageHealth>();
        var checks = services.AddHealthChecks().AddCheck<ProcessLife>("process");
        if (role == ProcessRole.Gateway)
        {
            checks.AddCheck<ClusterHealth>("cluster").AddCheck<StorageHealth>("storage");
            return services;
        }

        services.AddSingleton<SiloHealth>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<SiloHealth>());
        checks.AddCheck<SiloHealth>("silo").AddCheck<StorageHealth>("storage").AddCheck<PoliciesHealth>("policies");
        return services;
    }

    /// <summary>The look at what the service may do in the workspace; for processes that work there.</summary>
    public static IServiceCollection AddWorkspaceRights(this IServiceCollection services)
    {
        services.AddSingleton<WorkspaceRights>();
        services.AddHostedService(static provider => provider.GetRequiredService<WorkspaceRights>());
        services.AddHealthChecks().AddCheck<WorkspaceRights>("workspace");
        return services;
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync }).AllowAnonymous();
        routes.MapHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = WriteAsync }).AllowAnonymous();
    }

    /// <summary>
    /// The version, names, states, counts, and codes of a closed set: descriptions and exceptions would tell strangers about the inside.
    /// </summary>
    private static async Task WriteAsync(HttpContext http, HealthReport report)
    {
        http.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(http.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("status", report.Status.ToString());
        json.WriteString("version", ProductVersion.Text);
        json.WriteString("state", http.RequestServices.GetRequiredService<ProcessLife>().State.ToString());
        json.WriteStartObject("parts");
        foreach (var (name, entry) in report.Entries)
        {
            json.WriteString(name, entry.Status.ToString());
        }

        json.WriteEndObject();
        var reasons = report.Entries.Where(entry => entry.Value.Data.ContainsKey(PoliciesHealth.Reason)).ToList();
        if (reasons.Count > 0)
        {
            json.WriteStartObject("reasons");
            foreach (var (name, entry) in reasons)
            {
                json.WriteString(name, (string)entry.Data[PoliciesHealth.Reason]);
            }

            json.WriteEndObject();
        }

        if (report.Entries.Any(entry => entry.Value.Data.ContainsKey(PoliciesHealth.Warnings)))
        {
            json.WriteStartObject("warnings");
            foreach (var (name, entry) in report.Entries.Where(entry => entry.Value.Data.ContainsKey(PoliciesHealth.Warnings)))
            {
                json.WriteNumber(name, (int)entry.Data[PoliciesHealth.Warnings]);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
        await json.FlushAsync(http.RequestAborted);
    }
}
