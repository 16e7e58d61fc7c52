using PolicySync.AzureTables;
using PolicySync.Core.Options;

namespace PolicySync.Host.Configuration;

/// <summary>The whole configuration, bound and validated once before anything starts. It does not change while the process runs.</summary>
internal sealed class Settings
{
    private readonly IConfiguration _values;
    private readonly Dictionary<Type, object> _options = [];

    private Settings(IConfiguration values, ConnectorFlags connector)
    {
        _values = values;
        Connector = connector;
        foreach (var section in ConfigurationSection.All)
        {
            values.Bind(section.Name, _options[section.Type] = section.Create());
        }

        Events.EventHub.ConnectionString ??= connector.EventHubConnectionString;
    }

    public ProcessOptions Process => Of<ProcessOptions>();

    public WorkspaceOptions Workspace => Of<WorkspaceOptions>();

    public PoliciesOptions Policies => Of<PoliciesOptions>();

    public PrincipalsOptions Principals => Of<PrincipalsOptions>();

    public SyncOptions Sync => Of<SyncOptions>();

    public VerifyOptions Verify => Of<VerifyOptions>();

    public WatchOptions Watch => Of<WatchOptions>();

    public TasksOptions Tasks => Of<TasksOptions>();

    public WebhooksOptions Webhooks => Of<WebhooksOptions>();

    public AuditOptions Audit => Of<AuditOptions>();

    /// <summary>With the connection string of the vendor's variable.</summary>
    public EventsOptions Events => Of<EventsOptions>();

    public StorageOptions Storage => Of<StorageOptions>();

    public AzureTablesOptions Tables => Of<AzureTablesOptions>();

    public AuthOptions Auth => Of<AuthOptions>();

    public ClusterOptions Cluster => Of<ClusterOptions>();

    public MetricsOptions Metrics => Of<MetricsOptions>();

    public HttpOptions Http => Of<HttpOptions>();

    /// <summary>The vendor's switches.</summary>
    public ConnectorFlags Connector { get; }

    /// <summary>Whether this process has a silo, and so needs a workspace, a credential and policies. A gateway needs none.</summary>
    public bool HasSilo => Process.Role != ProcessRole.Gateway;

    /// <summary>Whether this process reads the event hub.</summary>
    public bool HasEvents => HasSilo && AreEventsOn;

    /// <summary>Whether events are read, by the silos.</summary>
    public bool AreEventsOn => Events.EventHub.Enabled ?? Connector.EventHub ?? false;

    /// <summary>Whether this process serves the API.</summary>
    public bool HasApi => Process.Role != ProcessRole.Silo;

    /// <summary>Reads <paramref name="configuration"/> and lists all of its faults.</summary>
    public static (Settings Settings, IReadOnlyList<ConfigurationFault> Faults) Read(IConfiguration configuration)
    {
        var (values, faults) = ConfigurationValues.Validate(configuration);
        var (connector, wrongFlags) = ConnectorFlags.Read(configuration);
        var settings = new Settings(values, connector);

        // A value of the wrong form was left out above. Faults that its absence causes are not reported.
        var known = faults.Select(fault => fault.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return (settings, [.. wrongFlags, .. faults, .. settings.Validate().Where(fault => !known.Contains(fault.Key))]);
    }

    /// <summary>Registers the options classes.</summary>
    public void AddTo(IServiceCollection services)
    {
        services.AddSingleton(this);
        foreach (var section in ConfigurationSection.All)
        {
            section.Register(services, _values);
        }
    }

    /// <summary>What is set, a line for each section that this process reads.</summary>
    public IEnumerable<ConfigurationLine> Lines() => ConfigurationLine.Of(
        _values, ConfigurationSection.All.Where(section => HasSilo || !section.IsForSilos).Select(section => section.Name));

    private IEnumerable<ConfigurationFault> Validate() =>
    [
        .. ConfigurationSection.All.Where(section => HasSilo || !section.IsForSilos)
            .SelectMany(section => Annotations.Validate(section.Name, _options[section.Type])),
        .. ConnectionRules.Validate(this),
        .. MetricsRules.Validate(Metrics),
        .. HasSilo ? EventRules.Validate(this) : [],
        .. HasSilo ? SyncRules.Validate(this) : [],
        .. HasSilo ? WebhookRules.Validate(Webhooks) : [],
        .. HasSilo ? AuditRules.Validate(Audit) : [],
    ];

    private T Of<T>() => (T)_options[typeof(T)];
}
