using PolicySync.AzureTables;
using PolicySync.Core.Options;

namespace PolicySync.Host.Configuration;

/// <summary>The whole configuration, bound and judged once, before anything starts. It does not change while the process runs.</summary>
internal sealed class Settings
{
    private readonly IConfiguration _values;

    private Settings(IConfiguration values, ConnectorFlags connector)
    {
        _values = values;
        Connector = connector;
        Process = Bind<ProcessOptions>(ProcessOptions.Section);
        Workspace = Bind<WorkspaceOptions>(WorkspaceOptions.Section);
        Policies = Bind<PoliciesOptions>(PoliciesOptions.Section);
        Tags = Bind<TagsOptions>(TagsOptions.Section);
        Principals = Bind<PrincipalsOptions>(PrincipalsOptions.Section);
        Sync = Bind<SyncOptions>(SyncOptions.Section);
        Verify = Bind<VerifyOptions>(VerifyOptions.Section);
        Tasks = Bind<TasksOptions>(TasksOptions.Section);
        Storage = Bind<StorageOptions>(StorageOptions.Section);
        Tables = Bind<AzureTablesOptions>(AzureTablesOptions.Section);
        Auth = Bind<AuthOptions>(AuthOptions.Section);
        Cluster = Bind<ClusterOptions>(ClusterOptions.Section);
        Metrics = Bind<MetricsOptions>(MetricsOptions.Section);
        Http = Bind<HttpOptions>(HttpOptions.Section);
    }

    public ProcessOptions Process { get; }

    public WorkspaceOptions Workspace { get; }

    public PoliciesOptions Policies { get; }

    public TagsOptions Tags { get; }

    public PrincipalsOptions Principals { get; }

    public SyncOptions Sync { get; }

    public VerifyOptions Verify { get; }

    public TasksOptions Tasks { get; }

    public StorageOptions Storage { get; }

    public AzureTablesOptions Tables { get; }

    public AuthOptions Auth { get; }

    public ClusterOptions Cluster { get; }

    public MetricsOptions Metrics { get; }

    public HttpOptions Http { get; }

    /// <summary>The vendor's switches.</summary>
    public ConnectorFlags Connector { get; }

    /// <summary>Whether this process holds grains, and so needs a workspace, credentials and policies. A gateway needs none.</summary>
    public bool HasSilo => Process.Role != ProcessRole.Gateway;

    /// <summary>Whether this process serves the API.</summary>
    public bool HasApi => Process.Role != ProcessRole.Silo;

    /// <summary>Reads <paramref name="configuration"/> and lists everything that is wrong with it.</summary>
    public static (Settings Settings, IReadOnlyList<ConfigurationFault> Faults) Read(IConfiguration configuration)
    {
        var (values, faults) = ConfigurationValues.Judge(configuration);
        var (connector, wrongFlags) = ConnectorFlags.Read(configuration);
        var settings = new Settings(values, connector);

        // A value of the wrong form is left out above; what its absence would break is not worth a second line.
        var known = faults.Select(fault => fault.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return (settings, [.. wrongFlags, .. faults, .. settings.Judge().Where(fault => !known.Contains(fault.Key))]);
    }

    /// <summary>Makes the options classes available to the rest of the service.</summary>
    public void AddTo(IServiceCollection services)
    {
        services.AddSingleton(this);
        Register<ProcessOptions>(services, ProcessOptions.Section);
        Register<WorkspaceOptions>(services, WorkspaceOptions.Section);
        Register<PoliciesOptions>(services, PoliciesOptions.Section);
        Register<TagsOptions>(services, TagsOptions.Section);
        Register<PrincipalsOptions>(services, PrincipalsOptions.Section);
        Register<SyncOptions>(services, SyncOptions.Section);
        Register<VerifyOptions>(services, VerifyOptions.Section);
        Register<TasksOptions>(services, TasksOptions.Section);
        Register<StorageOptions>(services, StorageOptions.Section);
        Register<AzureTablesOptions>(services, AzureTablesOptions.Section);
        Register<AuthOptions>(services, AuthOptions.Section);
        Register<ClusterOptions>(services, ClusterOptions.Section);
        Register<MetricsOptions>(services, MetricsOptions.Section);
    }

    private IEnumerable<ConfigurationFault> Judge() =>
    [
        .. Annotations.Judge(ProcessOptions.Section, Process),
        .. HasSilo ? Annotations.Judge(WorkspaceOptions.Section, Workspace) : [],
        .. Annotations.Judge(PoliciesOptions.Section, Policies),
        .. Annotations.Judge(PrincipalsOptions.Section, Principals),
        .. Annotations.Judge(SyncOptions.Section, Sync),
        .. Annotations.Judge(VerifyOptions.Section, Verify),
        .. Annotations.Judge(TasksOptions.Section, Tasks),
        .. Annotations.Judge(AzureTablesOptions.Section, Tables),
        .. Annotations.Judge(ClusterOptions.Section, Cluster),
        .. Annotations.Judge(HttpOptions.Section, Http),
        .. ConnectionRules.Judge(this),
        .. HasSilo ? SyncRules.Judge(this) : [],
    ];

    private T Bind<T>(string section)
        where T : class, new()
    {
        var options = new T();
        _values.Bind(section, options);
        return options;
    }

    private void Register<T>(IServiceCollection services, string section)
        where T : class => services.AddOptions<T>().Bind(_values.GetSection(section));
}
