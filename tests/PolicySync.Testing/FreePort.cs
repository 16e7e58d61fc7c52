using System.Net;
using System.Net.Sockets;

namespace PolicySync.Testing;

/// <summary>
/// Ports of loopback that nobody listens on, each given once in a process. They lie below those that systems give to
/// outgoing connections (from 32768, or from 49152): none of these takes one before its user does, nor while its user is
/// away, as a process that is killed and started again on the same port is.
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
                // Somebody listens there.
            }
        }

        throw new InvalidOperationException($"no port from {First} to {First + Count - 1} is free");
    }

    public static IReadOnlyList<int> Next(int count) => [.. Enumerable.Range(0, count).Select(_ => Next())];
}
