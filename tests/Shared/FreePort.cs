using System.Net;
using System.Net.Sockets;

namespace PolicySync.Testing;

/// <summary>
/// Ports of loopback that nobody listens on. Another process can take one before its user does; ports of one call differ.
/// </summary>
internal static class FreePort
{
    public static int Next() => Next(1)[0];

    public static IReadOnlyList<int> Next(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(listener => listener.Start());
        var ports = listeners.ConvertAll(listener => ((IPEndPoint)listener.LocalEndpoint).Port);
        listeners.ForEach(listener => listener.Dispose());
        return ports;
    }
}
