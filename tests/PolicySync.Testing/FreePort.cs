using System.Net;
using System.Net.Sockets;

namespace PolicySync.Testing;

/// <summary>
/// Free ports of loopback, each returned once in a process. They are below those of outgoing connections (from 32768 or
/// 49152), so that no connection takes one before its user does, or while its user restarts on the same port.
/// </summary>
public static class FreePort
{
    private const int First = 12_000;
    private const int Count = 17_000;

    // Elsewhere in each process: several may run tests on one machine.
    private static int _next = Environment.ProcessId * 97 % Count;

    public static int Next()
    {
        for (var tries = 0; tries < Count; tries++)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _next) % Count);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // the port is in use
            }
        }

        throw new InvalidOperationException($"no port from {First} to {First + Count - 1} is free");
    }

    public static IReadOnlyList<int> Next(int count) => [.. Enumerable.Range(0, count).Select(_ => Next())];
}
