using System.ComponentModel.DataAnnotations;

namespace PolicySync.Core.Options;

/// <summary>Tasks from events. Section <c>PolicySync:Events</c>.</summary>
public sealed class EventsOptions
{
    /// <summary>Where this class is bound from.</summary>
    public const string Section = "PolicySync:Events";

    /// <summary>The subtype of events that are for this service, unless <see cref="AppSubTypes"/> says otherwise.</summary>
    public const string OwnSubType = "databricks_unity_catalog";

    /// <summary>The event hub.</summary>
    public EventHubOptions EventHub { get; } = new();

    /// <summary>Where the positions in the hub are kept.</summary>
    public CheckpointOptions Checkpoints { get; } = new();

    /// <summary>Where events are kept that make no task.</summary>
    public DeadLetterOptions DeadLetter { get; } = new();

    /// <summary>Most events of a partition that are taken at once. Default: 50.</summary>
    [Range(1, 500)]
    public int BatchSize { get; set; } = 50;

    /// <summary>
    /// Values of <c>appSubType</c> that are for this service, compared without case. An event with another one is ignored, an event without one is
    /// taken. Default: <c>databricks_unity_catalog</c>.
    /// </summary>
    public IList<string> AppSubTypes { get; } = [];

    /// <summary>Whether <c>requestInfo.allowRevoke</c> of an event counts. Default: false; then it is listed among the ignored members of the task.</summary>
    public bool AllowRevoke { get; set; }
}

/// <summary>The event hub. Section <c>PolicySync:Events:EventHub</c>.</summary>
public sealed class EventHubOptions
{
    /// <summary>Whether events are read. Default: what the vendor's switch says, which is false.</summary>
    public bool? Enabled { get; set; }

    /// <summary>
    /// What the events are. Default: <see cref="EventFormat.Tasks"/>. With <see cref="EventFormat.DatabricksAudit"/> the hub is that of Azure's
    /// diagnostic settings of the workspace, and the objects that were made or changed are synced.
    /// </summary>
    public EventFormat Format { get; set; } = EventFormat.Tasks;

    /// <summary>Connection string with a key. One of this, <see cref="ConnectionStringFile"/> and <see cref="Namespace"/>. Never logged.</summary>
    [Secret]
    public string? ConnectionString { get; set; }

    /// <summary>A file whose text is the connection string. Read at each connection.</summary>
    public string? ConnectionStringFile { get; set; }

    /// <summary>
    /// The host of the namespace, for example <c>NAME.servicebus.windows.net</c>; Azure.Identity's default chain (workload identity, managed
    /// identity, developer sign-in) then gives the credential.
    /// </summary>
    public string? Namespace { get; set; }

    /// <summary>The name of the hub. Default: <c>EntityPath</c> of the connection string.</summary>
    public string? Name { get; set; }

    /// <summary>The consumer group. Default: <c>$Default</c>.</summary>
    [Required]
    public string ConsumerGroup { get; set; } = "$Default";

    /// <summary>Where reading starts in a partition for which no position is kept. Default: <c>Earliest</c>.</summary>
    public EventStart StartAt { get; set; } = EventStart.Earliest;

    /// <summary>Whether AMQP goes through web sockets, on port 443. Default: false, port 5671.</summary>
    public bool WebSockets { get; set; }

    /// <summary>How often a process looks whether partitions are to be taken or given. Default: 10 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan BalanceEvery { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a partition belongs to a process that does not renew it. Default: a minute. At least 4 times <see cref="BalanceEvery"/>.</summary>
    [Range(typeof(TimeSpan), "00:00:04", "00:20:00")]
    public TimeSpan OwnershipExpires { get; set; } = TimeSpan.FromMinutes(1);
}

/// <summary>What the events of a hub are.</summary>
public enum EventFormat
{
    /// <summary>Requests, as <c>POST /task</c> takes them.</summary>
    Tasks,

    /// <summary>Audit records of a Databricks workspace, as Azure sends them to an event hub.</summary>
    DatabricksAudit,
}

/// <summary>Where reading starts in a partition for which no position is kept.</summary>
public enum EventStart
{
    /// <summary>With the oldest event that the hub still has.</summary>
    Earliest,

    /// <summary>With the next event.</summary>
    Latest,
}

/// <summary>Where the positions in the hub are kept. Section <c>PolicySync:Events:Checkpoints</c>.</summary>
public sealed class CheckpointOptions
{
    /// <summary>Connection string of a storage account. Default: that of <c>Storage</c>. Never logged.</summary>
    [Secret]
    public string? ConnectionString { get; set; }

    /// <summary>
    /// The blob endpoint of a storage account, for example <c>https://ACCOUNT.blob.core.windows.net</c>, with Azure.Identity's default chain.
    /// Default: that of the account in <c>Storage:ServiceUri</c>.
    /// </summary>
    public Uri? ServiceUri { get; set; }

    /// <summary>The container, which is made if it is missing. Default: <c>policysync-events</c>.</summary>
    [RegularExpression(DeadLetterOptions.ContainerName)]
    public string Container { get; set; } = "policysync-events";
}

/// <summary>Where events are kept that make no task. Section <c>PolicySync:Events:DeadLetter</c>.</summary>
public sealed class DeadLetterOptions
{
    /// <summary>The form of names of containers.</summary>
    public const string ContainerName = "^[a-z0-9](-?[a-z0-9]){2,62}$";

    /// <summary>The container in the account of <see cref="CheckpointOptions"/>, which is made if it is missing. Default: <c>policysync-deadletters</c>.</summary>
    [RegularExpression(ContainerName)]
    public string Container { get; set; } = "policysync-deadletters";
}
