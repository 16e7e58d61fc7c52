using System.ComponentModel.DataAnnotations;

namespace PolicySync.Host.Configuration;

/// <summary>Settings of the HTTP server. Section <c>PolicySync:Http</c>.</summary>
internal sealed class HttpOptions
{
    public const string Section = "PolicySync:Http";

    /// <summary>
    /// Networks of trusted reverse proxies, in CIDR form. <c>X-Forwarded-For</c>, <c>-Proto</c>, <c>-Host</c> and <c>-Prefix</c> of
    /// other senders are ignored. Default: none.
    /// </summary>
    public List<string> TrustedProxies { get; set; } = [];

    /// <summary>
    /// Requests per second that one caller may send to this process, and twice as many at once. Further requests are answered 429.
    /// Default: 10,000, more than a well-behaved client sends.
    /// </summary>
    [Range(1, 1_000_000)]
    public int RequestsPerSecondPerToken { get; set; } = 10_000;
}
