using System.ComponentModel.DataAnnotations;

namespace PolicySync.Host.Configuration;

/// <summary>What the HTTP server makes of its callers. Section <c>PolicySync:Http</c>.</summary>
internal sealed class HttpOptions
{
    public const string Section = "PolicySync:Http";

    /// <summary>
    /// Networks of reverse proxies, in CIDR form. <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> are believed from
    /// there and from nowhere else. Default: none.
    /// </summary>
    public List<string> TrustedProxies { get; set; } = [];

    /// <summary>
    /// Requests per second that one token may make of this process; twice as many at once. What is above is answered 429.
    /// Default: 10,000, which no honest client needs.
    /// </summary>
    [Range(1, 1_000_000)]
    public int RequestsPerSecondPerToken { get; set; } = 10_000;
}
