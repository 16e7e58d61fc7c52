using Azure.Messaging.EventHubs;

namespace PolicySync.Host.Configuration;

/// <summary>How an event hub is reached. Keys are <c>ConnectionString</c>, <c>ConnectionStringFile</c>, <c>Namespace</c> and <c>Name</c> of a section.</summary>
/// <param name="Section">The section.</param>
/// <param name="Required">When one of the three is required, as the end of a sentence.</param>
/// <param name="ConnectionString">The connection string.</param>
/// <param name="ConnectionStringFile">A file with it.</param>
/// <param name="Namespace">The host of the namespace.</param>
/// <param name="Name">The name of the hub.</param>
internal sealed record HubRules(string Section, string Required, string? ConnectionString, string? ConnectionStringFile, string? Namespace, string? Name)
{
    /// <summary>What is wrong; null when nothing is. The connection string is a secret: no message quotes it.</summary>
    public ConfigurationFault? Fault()
    {
        string?[] forms = [ConnectionString, ConnectionStringFile, Namespace];
        return forms.Count(form => form is not null) != 1 ? new($"{Section}:ConnectionString", $"exactly one of {Required}")
            : Namespace is not null ? FaultOfNamespace(Namespace)
            : ConnectionString is not null ? FaultOfText(ConnectionString)
            : FaultOfFile(ConnectionStringFile!);
    }

    private ConfigurationFault? FaultOfNamespace(string host) =>
        Uri.CheckHostName(host) != UriHostNameType.Dns ? new($"{Section}:Namespace", "must be a host name, such as `NAME.servicebus.windows.net`")
        : Name is null ? new($"{Section}:Name", "is required with `Namespace`")
        : null;

    private ConfigurationFault? FaultOfFile(string path)
    {
        ConfigurationFault? inner = null;
        var fault = Files.TextFault(path, content => (inner = FaultOfText(content.Trim()))?.Problem);
        return fault is null ? null : inner ?? new($"{Section}:ConnectionStringFile", fault);
    }

    private ConfigurationFault? FaultOfText(string text)
    {
        EventHubsConnectionStringProperties parts;
        try
        {
            parts = EventHubsConnectionStringProperties.Parse(text);
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            return new($"{Section}:ConnectionString", "is not a connection string of Azure Event Hubs; it starts with `Endpoint=sb://`");
        }

        return parts.Endpoint is null ? new($"{Section}:ConnectionString", "has no `Endpoint`")
            : (Name ?? parts.EventHubName) is null ? new($"{Section}:Name", "is required: the connection string has no `EntityPath`")
            : Name is { } name && parts.EventHubName is { } path && name != path ? new($"{Section}:Name", "differs from `EntityPath` of the connection string; remove one of them")
            : text.Contains("UseDevelopmentEmulator=true", StringComparison.OrdinalIgnoreCase) && !parts.Endpoint.IsLoopback
                ? new($"{Section}:ConnectionString", "must not have `UseDevelopmentEmulator=true` except for a loopback address: the connection is not encrypted")
            : null;
    }
}
