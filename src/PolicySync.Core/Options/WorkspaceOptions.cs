using System.ComponentModel.DataAnnotations;

namespace PolicySync.Core.Options;

/// <summary>The Databricks workspace whose metastore is kept in step. Section <c>PolicySync:Workspace</c>.</summary>
public sealed class WorkspaceOptions
{
    /// <summary>Where this class is bound from.</summary>
    public const string Section = "PolicySync:Workspace";

    /// <summary>Base URL, for example <c>https://adb-1.2.azuredatabricks.net</c>. <c>http</c> on loopback only. Required.</summary>
    [Required]
    public Uri? Host { get; set; }

    /// <summary>A personal access token. Either this, <see cref="TokenFile"/>, a client id and secret, or <see cref="Azure"/>. Never logged.</summary>
    [Secret]
    public string? Token { get; set; }

    /// <summary>A file whose text is the token; read again when the token is refused.</summary>
    public string? TokenFile { get; set; }

    /// <summary>Application id for OAuth machine-to-machine.</summary>
    public string? ClientId { get; set; }

    /// <summary>Secret for OAuth machine-to-machine. Never logged.</summary>
    [Secret]
    public string? ClientSecret { get; set; }

    /// <summary>A file whose text is the client secret.</summary>
    public string? ClientSecretFile { get; set; }

    /// <summary>Azure Entra ID instead of the forms above.</summary>
    public AzureIdentityOptions Azure { get; set; } = new();

    /// <summary>
    /// Application id of the service's own principal, for service principals that may not ask SCIM <c>Me</c> who they are. Used
    /// only where <c>Me</c> is refused; without either, mode <c>Exact</c> refuses to start. Its groups are those in which the
    /// directory lists it.
    /// </summary>
    public string? Self { get; set; }

    /// <summary>
    /// Requests per second to the workspace, of all processes of the cluster together. Default: 12. Higher syncs faster and meets more 429; Databricks publishes
    /// no figure for the permissions API, its Go SDK keeps to 15.
    /// </summary>
    [Range(0.1, 100_000)]
    public double RequestsPerSecond { get; set; } = 12;

    /// <summary>Requests under way at once, of all processes of the cluster together. Default: 8.</summary>
    [Range(1, 1_000)]
    public int MaxConcurrency { get; set; } = 8;

    /// <summary>
    /// Longest time one write may take, in which it can still take effect. Default: 10 seconds. A process that
    /// finds a write of another process open waits this and 2 seconds more before it reads and writes itself.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>SQL warehouse for row filters and masks; without it they are withheld and reported.</summary>
    public string? WarehouseId { get; set; }

    /// <summary>
    /// Longest time one SQL statement may take, in which it can still take effect. Default: 60 seconds. A process
    /// that finds a statement of another process open waits this and 2 seconds more. Databricks cancels a statement that takes
    /// longer than half of it.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:10", "00:10:00")]
    public TimeSpan StatementTimeout { get; set; } = TimeSpan.FromSeconds(60);
}
