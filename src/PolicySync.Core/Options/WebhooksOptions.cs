using System.ComponentModel.DataAnnotations;

namespace PolicySync.Core.Options;

/// <summary>Receivers of events. Section <c>PolicySync:Webhooks</c>.</summary>
public sealed class WebhooksOptions
{
    /// <summary>Where this class is bound from.</summary>
    public const string Section = "PolicySync:Webhooks";

    /// <summary>The receivers. Default: none; then no event is stored or sent.</summary>
    public IList<WebhookEndpoint> Endpoints { get; } = [];

    /// <summary>
    /// Hosts of endpoints, as their URLs name them, that may have private addresses and may be called by plain HTTP. Default: none:
    /// only public addresses are called, and only by HTTPS.
    /// </summary>
    public IList<string> AllowedHosts { get; } = [];
}

/// <summary>A receiver of events.</summary>
public sealed class WebhookEndpoint
{
    /// <summary>
    /// Its name in logs, metrics and stored deliveries: up to 32 lower-case letters, digits and hyphens. Required. Under another name it is
    /// another endpoint, and deliveries of the former one are not made any more.
    /// </summary>
    [Required]
    [RegularExpression("^[a-z][a-z0-9-]{0,31}$")]
    public string? Name { get; set; }

    /// <summary>Where events are sent. <c>https</c>; <c>http</c> for hosts in <see cref="WebhooksOptions.AllowedHosts"/>. Required. Never logged.</summary>
    [Required]
    [Secret] // the address of a receiver is often all that it asks for
    public Uri? Url { get; set; }

    /// <summary>The secret that signs events: <c>whsec_</c> and 24 to 64 bytes in base64. Never logged.</summary>
    [Secret]
    public string? Secret { get; set; }

    /// <summary>A file whose lines are secrets, read again when it changes. Every secret signs, so that one can be replaced without a gap.</summary>
    public string? SecretFile { get; set; }

    /// <summary>The events that are sent. Default: all.</summary>
    public IList<string> Events { get; } = [];

    /// <summary>
    /// Patterns of 1 to 3 segments. Events about a task are sent only if one of its resources is covered by a pattern or contains
    /// something that could be. Default: all tasks.
    /// </summary>
    public IList<string> Securables { get; } = [];

    /// <summary>Smallest number of securables for which <c>drift.found</c> and <c>access.exposed</c> are sent. Default: 1.</summary>
    [Range(1, int.MaxValue)]
    public int Min { get; set; } = 1;
}
