using Amqp;
using Amqp.Listener;
using Amqp.Types;
using EventHubs.Emulator.Hosting;

namespace EventHubs.Emulator;

/// <summary>
/// A local Event Hubs that the official SDK accepts: publish, consume, owner levels, properties. It listens on loopback and keeps events in
/// memory. Safe for concurrent use.
/// </summary>
public sealed class EventHubsEmulator : IDisposable
{
    private readonly ContainerHost _host;
    private readonly List<Hub> _hubs;

    private EventHubsEmulator(ContainerHost host, List<Hub> hubs, HubFaults faults, HubJournal journal, int port) =>
        (_host, _hubs, Faults, Journal, Port) = (host, hubs, faults, journal, port);

    /// <summary>What it does wrong on demand.</summary>
    public HubFaults Faults { get; }

    /// <summary>What clients asked for.</summary>
    public HubJournal Journal { get; }

    /// <summary>The TCP port.</summary>
    public int Port { get; }

    /// <summary>Opens the port.</summary>
    /// <param name="options">The port and the hubs.</param>
    /// <param name="time">The time at which events are taken.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The port is in use.</exception>
    public static EventHubsEmulator Start(EmulatorOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        var (faults, journal) = (new HubFaults(), new HubJournal());
        var hubs = options.Hubs.Select(hub => new Hub(hub.Name, hub.Partitions, options.Groups, time, faults)).ToList();
        var host = new ContainerHost(new Address($"amqp://127.0.0.1:{options.Port}"));
        foreach (var listener in host.Listeners)
        {
            listener.SASL.EnableMechanism(CbsSasl.Name, new CbsSasl());
            listener.SASL.EnableAnonymousMechanism = true;
        }

        host.RegisterLinkProcessor(new HubListener(hubs, faults, journal));
        host.Open();
        return new EventHubsEmulator(host, hubs, faults, journal, options.Port);
    }

    /// <summary>The connection string of a hub. The key is not checked.</summary>
    public string ConnectionString(string hub) => ConnectionString(Port, hub);

    /// <summary>The connection string of a hub of an emulator at a port.</summary>
    public static string ConnectionString(int port, string hub) =>
        $"Endpoint=sb://127.0.0.1:{port};SharedAccessKeyName=local;SharedAccessKey=bG9jYWw=;EntityPath={hub};UseDevelopmentEmulator=true";

    /// <summary>The sequence number of the last event of a partition; -1 when it is empty.</summary>
    public long LastSequenceNumber(string hub, string partition) => Of(hub).Find(partition)!.Last?.SequenceNumber ?? -1;

    /// <summary>Sends the events that <see cref="HubFaults.HoldsDeliveries"/> kept back.</summary>
    public void Release()
    {
        Faults.HoldsDeliveries = false;
        foreach (var partition in _hubs.SelectMany(hub => hub.Partitions))
        {
            partition.SendToAll();
        }
    }

    /// <summary>Delivers the last events of each partition again to its readers.</summary>
    public void Repeat(string hub, int count)
    {
        foreach (var partition in Of(hub).Partitions)
        {
            partition.Repeat(count);
        }
    }

    /// <summary>Closes the links of a partition's readers with an AMQP condition.</summary>
    public void CloseReaders(string hub, string partition, string condition) => Of(hub).Find(partition)!.Close(new Symbol(condition));

    /// <summary>Closes the port and all connections.</summary>
    public void Dispose() => _host.Close();

    private Hub Of(string name) => _hubs.First(hub => hub.Name == name);
}
