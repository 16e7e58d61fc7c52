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
    public string Reader => reader;

    /// <summary>The name of the hub.</summary>
    public string Hub => options.Name ?? EventHubsConnectionStringProperties.Parse(ConnectionString() ?? "").EventHubName;

    /// <summary>The connection string; null with a namespace. A file is read again each time, so that a key can be replaced.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public string? ConnectionString() => options.ConnectionStringFile is { } file ? File.ReadAllText(file).Trim() : options.ConnectionString;
}
