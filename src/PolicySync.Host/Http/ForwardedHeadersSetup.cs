using Microsoft.AspNetCore.HttpOverrides;
using PolicySync.Host.Configuration;

namespace PolicySync.Host.Http;

/// <summary>
/// Trusts the configured reverse proxies about the caller's address, and about the scheme, host and path prefix that the caller used,
/// which <c>Operation-Location</c> repeats. Such headers of other senders are ignored, as they could put any address into the log.
/// </summary>
internal static class ForwardedHeadersSetup
{
    public static IServiceCollection AddTrustedProxies(this IServiceCollection services, Settings settings) =>
        services.Configure<ForwardedHeadersOptions>(options =>
        {
            options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto
                | ForwardedHeaders.XForwardedHost | ForwardedHeaders.XForwardedPrefix;
            options.ForwardLimit = 1;
            options.KnownProxies.Clear(); // loopback is known by default
            options.KnownIPNetworks.Clear();
            foreach (var network in settings.Http.TrustedProxies)
            {
                options.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(network));
            }
        });

    public static void UseTrustedProxies(this WebApplication app, Settings settings)
    {
        if (settings.Http.TrustedProxies.Count > 0)
        {
            app.UseForwardedHeaders();
        }
    }
}
