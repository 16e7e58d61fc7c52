using System.ComponentModel.DataAnnotations;

namespace PolicySync.Core.Options;

/// <summary>What a sink of the audit stream is.</summary>
public enum AuditSinkKind
{
    /// <summary>A file that is rotated by size.</summary>
    File,

    /// <summary>Standard output.</summary>
    Stdout,

    /// <summary>An Azure event hub.</summary>
    EventHub,
}

/// <summary>The audit stream. Section <c>PolicySync:Audit</c>.</summary>
public sealed class AuditOptions
{
    /// <summary>Where this class is bound from.</summary>
    public const string Section = "PolicySync:Audit";

    /// <summary>Where events go. Default: nowhere; then none is made or stored.</summary>
    public IList<AuditSink> Sinks { get; } = [];

    /// <summary>A folder in which events wait until all sinks have them. Required with a sink. Each process uses a folder of its own in it.</summary>
    public string? Spool { get; set; }

    /// <summary>Most MiB that wait in the spool of a process. Default: 256.</summary>
    [Range(1, 65_536)]
    public int SpoolSize { get; set; } = 256;

    /// <summary>
    /// Whether nothing is changed in Unity Catalog while events cannot be kept. Default: false; the oldest events are then dropped and
    /// counted.
    /// </summary>
    public bool Required { get; set; }
}

/// <summary>A sink of the audit stream.</summary>
public sealed class AuditSink
{
    /// <summary>What it is. Required.</summary>
    [Required]
    public AuditSinkKind? Kind { get; set; }

    /// <summary>
    /// The file. Required of a sink of kind <see cref="AuditSinkKind.File"/>. Where several processes share a spool folder, the second one
    /// writes to the same name with <c>-1</c> before its extension, and so on.
    /// </summary>
    public string? Path { get; set; }

    /// <summary>Size in MiB from which a file is renamed and a new one started. Default: 100.</summary>
    [Range(1, 10_240)]
    public int MaxSize { get; set; } = 100;

    /// <summary>Renamed files that are kept beside the current one. Default: 10.</summary>
    [Range(0, 1_000)]
    public int Keep { get; set; } = 10;

    /// <summary>
    /// Connection string of an event hub, with a key that has the right Send. One of this, <see cref="ConnectionStringFile"/> and
    /// <see cref="Namespace"/> is required of a sink of kind <see cref="AuditSinkKind.EventHub"/>. Never logged.
    /// </summary>
    [Secret]
    public string? ConnectionString { get; set; }

    /// <summary>A file whose text is the connection string. Read at each connection.</summary>
    public string? ConnectionStringFile { get; set; }

    /// <summary>
    /// The host of the hub's namespace, for example <c>NAME.servicebus.windows.net</c>; Azure.Identity's default chain then gives the credential.
    /// </summary>
    public string? Namespace { get; set; }

    /// <summary>The name of the hub. Default: <c>EntityPath</c> of the connection string.</summary>
    public string? Name { get; set; }

    /// <summary>Whether AMQP goes through web sockets, on port 443. Default: false, port 5671.</summary>
    public bool WebSockets { get; set; }
}
