using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using PolicySync.Host.Configuration;

namespace PolicySync.Host.Health;

/// <summary>
/// Maps <c>/health/live</c>, which succeeds while the process runs and does not depend on anything outside it, and
/// <c>/health/ready</c>, which succeeds while the process can be used.
/// </summary>
internal static class HealthEndpoints
{
    public static IServiceCollection AddHealth(this IServiceCollection services, ProcessRole role)
    {
        services.AddSingleton<ProcessLife>();
        services.AddSingleton<StorageHealth>();
        services.AddSingleton<PartStates>();
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

    /// <summary>Adds the check of the service's rights in the workspace, for silos.</summary>
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

    private static void WriteSince(Utf8JsonWriter json, IReadOnlyList<(string Part, DateTimeOffset Since)> troubles)
    {
        if (troubles.Count > 0)
        {
            json.WriteStartObject("since");
            foreach (var (part, since) in troubles)
            {
                json.WriteString(part, since.UtcDateTime);
            }

            json.WriteEndObject();
        }
    }

    /// <summary>
    /// Writes the version, names, states, counts and codes. Descriptions and exceptions would reveal internals, as the endpoint is open.
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
        WriteSince(json, http.RequestServices.GetRequiredService<PartStates>().Note(report));
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
