using Azure.Identity;
using Azure.Messaging.EventHubs;
using PolicySync.Core.Options;

namespace PolicySync.Adapters.Events;

/// <summary>How an event hub is reached: by a connection string, a file with one, or a namespace with Azure.Identity's default chain.</summary>
/// <param name="ConnectionString">The connection string. Never logged.</param>
/// <param name="ConnectionStringFile">A file with it, which is read again each time, so that a key can be replaced.</param>
/// <param name="Namespace">The host of the namespace, without the two above.</param>
/// <param name="Name">The name of the hub; null where the connection string has it.</param>
/// <param name="WebSockets">Whether AMQP goes through web sockets.</param>
internal sealed record HubAddress(string? ConnectionString, string? ConnectionStringFile, string? Namespace, string? Name, bool WebSockets)
{
    /// <summary>The name of the hub.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public string Hub => Name ?? EventHubsConnectionStringProperties.Parse(Text() ?? "").EventHubName;

    /// <summary>The transport.</summary>
    public EventHubConnectionOptions Options => new()
    {
        TransportType = WebSockets ? EventHubsTransportType.AmqpWebSockets : EventHubsTransportType.AmqpTcp,
    };

    public static HubAddress Of(EventHubOptions hub) => new(hub.ConnectionString, hub.ConnectionStringFile, hub.Namespace, hub.Name, hub.WebSockets);

    public static HubAddress Of(AuditSink sink) => new(sink.ConnectionString, sink.ConnectionStringFile, sink.Namespace, sink.Name, sink.WebSockets);

    /// <summary>The connection string; null with a namespace.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public string? Text() => ConnectionStringFile is { } file ? File.ReadAllText(file).Trim() : ConnectionString;

    /// <summary>A connection, which is opened when it is used.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public EventHubConnection Connect() => Text() is not { } text ? new EventHubConnection(Namespace!, Name!, new DefaultAzureCredential(), Options)
        : EventHubsConnectionStringProperties.Parse(text).EventHubName is null ? new EventHubConnection(text, Name!, Options)
        : new EventHubConnection(text, Options);
}
