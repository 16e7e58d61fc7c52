using PolicySync.Core.Options;

namespace PolicySync.Host.Configuration;

/// <summary>Rules about the event hub. They apply when events are on.</summary>
internal static class EventRules
{
    /// <summary>The section of the hub.</summary>
    public const string Hub = $"{EventsOptions.Section}:EventHub";

    public static IEnumerable<ConfigurationFault> Validate(Settings settings)
    {
        var (hub, connector) = (settings.Events.EventHub, settings.Connector);
        if (hub.Enabled is { } own && connector.EventHub is { } vendors && own != vendors)
        {
            yield return new($"{Hub}:Enabled", $"differs from {ConnectorFlags.EventHubKey}; set one of them");
        }

        if (!settings.AreEventsOn)
        {
            yield break;
        }

        foreach (var fault in (ConfigurationFault[])[.. Connection(hub, connector), .. Place(settings)])
        {
            yield return fault;
        }

        if (!connector.OnDemand)
        {
            yield return new(ConnectorFlags.OnDemandKey, $"must not be `false` with {ConnectorFlags.EventHubKey}: events create tasks, and the pipeline runs them");
        }

        if (hub.OwnershipExpires < 4 * hub.BalanceEvery)
        {
            yield return new($"{Hub}:OwnershipExpires", "must be at least 4 times `BalanceEvery`");
        }
    }

    private static IEnumerable<ConfigurationFault> Connection(EventHubOptions hub, ConnectorFlags connector)
    {
        if (connector.EventHubConnectionString is { } vendors && vendors != hub.ConnectionString)
        {
            yield return new($"{Hub}:ConnectionString", $"differs from {ConnectorFlags.ConnectionStringKey}; set one of them");
        }

        var rules = new HubRules(
            Hub, $"`ConnectionString` ({ConnectorFlags.ConnectionStringKey}), `ConnectionStringFile` and `Namespace` is required when events are on",
            hub.ConnectionString, hub.ConnectionStringFile, hub.Namespace, hub.Name);
        if (rules.Fault() is { } fault)
        {
            yield return fault;
        }
    }

    private static IEnumerable<ConfigurationFault> Place(Settings settings)
    {
        const string key = $"{EventsOptions.Section}:Checkpoints";
        var place = settings.Events.Checkpoints;
        if (place.ConnectionString is not null && place.ServiceUri is not null)
        {
            yield return new($"{key}:ServiceUri", "is set beside `ConnectionString`; remove one of them");
        }
        else if (place.ServiceUri is { } uri && ConnectionRules.AddressFault(uri) is { } problem)
        {
            yield return new($"{key}:ServiceUri", problem);
        }
        else if (place.ConnectionString is null && place.ServiceUri is null && settings.Storage.Provider == StorageProvider.Memory)
        {
            yield return new($"{key}:ConnectionString", "or `ServiceUri` is required when events are on with `Storage:Provider` `Memory`: positions in the hub must outlive the process");
        }
    }
}
