using Azure.Messaging.EventHubs;
using PolicySync.Core.Options;

namespace PolicySync.Adapters.Events;

/// <summary>Where the hub is, and who reads it.</summary>
/// <param name="options">The hub.</param>
/// <param name="reader">
/// The name of this process among those that read the hub. It is the same after a restart in the same place, so that a process gets its
/// partitions back at once instead of when they expire (reference events.md §1.6).
/// </param>
internal sealed class EventHubAddress(EventHubOptions options, string reader)
{
    private readonly HubAddress _hub = HubAddress.Of(options);

    public string Reader => reader;

    /// <summary>The name of the hub.</summary>
    public string Hub => _hub.Hub;

    /// <inheritdoc cref="HubAddress.Options"/>
    public EventHubConnectionOptions Connection => _hub.Options;

    /// <inheritdoc cref="HubAddress.Text"/>
    public string? ConnectionString() => _hub.Text();
}
