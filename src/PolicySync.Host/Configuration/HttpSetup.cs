using Microsoft.AspNetCore.Server.Kestrel.Core;
using PolicySync.Host.Api;

namespace PolicySync.Host.Configuration;

/// <summary>Sets the limits of the HTTP server. They are explicit, so that an upgrade of the framework does not change them.</summary>
internal static class HttpSetup
{
    public static void ConfigureHttp(this WebApplicationBuilder builder) => builder.WebHost.ConfigureKestrel(kestrel =>
    {
        kestrel.AddServerHeader = false;
        var limits = kestrel.Limits;

        // Above the API's own limit: a body that is slightly too large is read to its end, so that its sender gets an answer instead
        // of a reset connection.
        limits.MaxRequestBodySize = 8L * RequestBody.MaxBytes;
        limits.MaxRequestHeaderCount = 100;
        limits.MaxRequestHeadersTotalSize = 32 * 1024;
        limits.MaxRequestLineSize = 8 * 1024;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
        limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
    });
}
