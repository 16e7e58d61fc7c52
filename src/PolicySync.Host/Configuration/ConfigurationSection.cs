using PolicySync.AzureTables;
using PolicySync.Core.Options;

namespace PolicySync.Host.Configuration;

/// <summary>
/// A section of the configuration, declared by its options class: property names are the keys, initial values the defaults,
/// attributes the ranges. Binding, judging, the chart's schema and the check of the documentation all go by <see cref="All"/>.
/// </summary>
/// <param name="Name">The full key, such as <c>PolicySync:Workspace</c>.</param>
/// <param name="Type">The options class.</param>
/// <param name="IsForSilos">Whether a gateway leaves the section unset, so that its rules do not apply there.</param>
/// <param name="Create">Makes an object that holds the defaults.</param>
/// <param name="Register">Adds the bound options class to the services.</param>
internal sealed record ConfigurationSection(
    string Name, Type Type, bool IsForSilos, Func<object> Create, Action<IServiceCollection, IConfiguration> Register)
{
    /// <summary>All sections. One section may have two classes, each with keys of its own.</summary>
    public static IReadOnlyList<ConfigurationSection> All { get; } =
    [
        Of<ProcessOptions>(ProcessOptions.Section),
        Of<WorkspaceOptions>(WorkspaceOptions.Section, isForSilos: true),
        Of<PoliciesOptions>(PoliciesOptions.Section),
        Of<TagsOptions>(TagsOptions.Section),
        Of<PrincipalsOptions>(PrincipalsOptions.Section),
        Of<SyncOptions>(SyncOptions.Section),
        Of<VerifyOptions>(VerifyOptions.Section),
        Of<WatchOptions>(WatchOptions.Section),
        Of<TasksOptions>(TasksOptions.Section),
        Of<WebhooksOptions>(WebhooksOptions.Section, isForSilos: true),
        Of<AuditOptions>(AuditOptions.Section, isForSilos: true),
        Of<EventsOptions>(EventsOptions.Section, isForSilos: true),
        Of<StorageOptions>(StorageOptions.Section),
        Of<AzureTablesOptions>(AzureTablesOptions.Section),
        Of<AuthOptions>(AuthOptions.Section),
        Of<ClusterOptions>(ClusterOptions.Section),
        Of<MetricsOptions>(MetricsOptions.Section),
        Of<HttpOptions>(HttpOptions.Section),
        Of<ApiOptions>(ApiOptions.Section),
    ];

    private static ConfigurationSection Of<T>(string name, bool isForSilos = false)
        where T : class, new() =>
        new(name, typeof(T), isForSilos, static () => new T(), (services, values) => services.AddOptions<T>().Bind(values.GetSection(name)));
}
