namespace PolicySync.Host.Configuration;

/// <summary>
/// The switches of the vendor's deployment, under the vendor's names: environment variables without a prefix. An absent switch is on, so
/// that an image started by hand serves (specification §9); the switch of the event hub is off.
/// </summary>
/// <param name="ApiServer">Serve the API.</param>
/// <param name="OnDemand">Run the tasks of API and events.</param>
/// <param name="EventHub">Read events; null when the switch is absent.</param>
/// <param name="EventHubConnectionString">The connection string of the event hub; null when absent. Never logged.</param>
internal sealed record ConnectorFlags(bool ApiServer, bool OnDemand, bool? EventHub = null, string? EventHubConnectionString = null)
{
    public const string ApiServerKey = "CONNECTOR_DATABRICKS_UNITY_CATALOG_API_SERVER_ENABLED";
    public const string OnDemandKey = "CONNECTOR_DATABRICKS_UNITY_CATALOG_ON_DEMAND_V2_ENABLED";
    public const string EventHubKey = "CONNECTOR_ON_DEMAND_V2_AZURE_EVENT_HUB_ENABLED";
    public const string ConnectionStringKey = "CONNECTOR_ON_DEMAND_V2_AZURE_CONNECTION_STRING";

    /// <summary>Reads the switches and their faults.</summary>
    public static (ConnectorFlags Flags, IReadOnlyList<ConfigurationFault> Faults) Read(IConfiguration configuration)
    {
        var faults = new List<ConfigurationFault>();
        var flags = new ConnectorFlags(
            Flag(ApiServerKey, absent: true), Flag(OnDemandKey, absent: true),
            string.IsNullOrEmpty(configuration[EventHubKey]) ? null : Flag(EventHubKey, absent: false),
            configuration[ConnectionStringKey] is { Length: > 0 } hub ? hub : null);
        if (flags is { ApiServer: true, OnDemand: false })
        {
            faults.Add(new(ApiServerKey, $"needs {OnDemandKey}: the API creates tasks, and the pipeline runs them"));
        }

        return (flags, faults);

        bool Flag(string key, bool absent)
        {
            var text = configuration[key];
            if (string.IsNullOrEmpty(text))
            {
                return absent;
            }

            if (bool.TryParse(text, out var value))
            {
                return value;
            }

            faults.Add(new(key, $"must be `true` or `false`, not `{text}`"));
            return absent;
        }
    }
}
