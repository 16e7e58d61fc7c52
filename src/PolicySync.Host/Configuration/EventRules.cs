using Azure.Messaging.EventHubs;
using PolicySync.Core.Options;

namespace PolicySync.Host.Configuration;

/// <summary>Rules about the event hub. They apply when events are on.</summary>
internal static class EventRules
{
    private const string Hub = $"{EventsOptions.Section}:EventHub";

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

        string?[] forms = [hub.ConnectionString, hub.ConnectionStringFile, hub.Namespace];
        if (forms.Count(form => form is not null) != 1)
        {
            yield return new($"{Hub}:ConnectionString", $"exactly one of `ConnectionString` ({ConnectorFlags.ConnectionStringKey}), `ConnectionStringFile` and `Namespace` is required when events are on");
        }
        else if (hub.Namespace is { } host && Uri.CheckHostName(host) != UriHostNameType.Dns)
        {
            yield return new($"{Hub}:Namespace", "must be a host name, such as `NAME.servicebus.windows.net`");
        }
        else if (hub.Namespace is not null && hub.Name is null)
        {
            yield return new($"{Hub}:Name", "is required with `Namespace`");
        }
        else if (hub.ConnectionString is { } text && StringFault(text, hub) is { } problem)
        {
            yield return problem;
        }
        else if (hub.ConnectionStringFile is { } path)
        {
            ConfigurationFault? inner = null;
            var fault = Files.TextFault(path, content => (inner = StringFault(content.Trim(), hub))?.Problem);
            if (fault is not null)
            {
                yield return inner ?? new($"{Hub}:ConnectionStringFile", fault);
            }
        }
    }

    // The text is a secret: no message quotes it.
    private static ConfigurationFault? StringFault(string text, EventHubOptions hub)
    {
        EventHubsConnectionStringProperties parts;
        try
        {
            parts = EventHubsConnectionStringProperties.Parse(text);
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            return new($"{Hub}:ConnectionString", "is not a connection string of Azure Event Hubs; it starts with `Endpoint=sb://`");
        }

        return parts.Endpoint is null ? new($"{Hub}:ConnectionString", "has no `Endpoint`")
            : (hub.Name ?? parts.EventHubName) is null ? new($"{Hub}:Name", "is required: the connection string has no `EntityPath`")
            : hub.Name is { } name && parts.EventHubName is { } path && name != path ? new($"{Hub}:Name", "differs from `EntityPath` of the connection string; remove one of them")
            : text.Contains("UseDevelopmentEmulator=true", StringComparison.OrdinalIgnoreCase) && !parts.Endpoint.IsLoopback
                ? new($"{Hub}:ConnectionString", "must not have `UseDevelopmentEmulator=true` except for a loopback address: the connection is not encrypted")
            : null;
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
