using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using PolicySync.Core.Webhooks;

namespace PolicySync.Adapters.Webhooks;

/// <summary>
/// Connects to public addresses only, except for hosts that the configuration lists. The address is judged when it is connected to, so a
/// name that changes its address between a check and the call is no way around it.
/// </summary>
/// <param name="allowedHosts">Hosts that may have any address, as URLs name them.</param>
/// <param name="resolve">Looks up the addresses of a name.</param>
internal sealed class GuardedConnections(IEnumerable<string> allowedHosts, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
{
    private readonly HashSet<string> _allowed = new(allowedHosts.Select(Bare), StringComparer.OrdinalIgnoreCase);

    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var (host, port) = (Bare(context.DnsEndPoint.Host), context.DnsEndPoint.Port);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(await AddressesAsync(host, cancellation), port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The addresses of the host that may be called.</summary>
    /// <exception cref="RefusedAddressException">There is none.</exception>
    public async Task<IPAddress[]> AddressesAsync(string host, CancellationToken cancellation)
    {
        var all = IPAddress.TryParse(host, out var literal) ? [literal] : await resolve(host, cancellation);
        var usable = _allowed.Contains(host) ? all : [.. all.Where(address => PublicAddresses.Fault(address) is null)];
        return usable.Length > 0 || all.Length == 0 ? usable : throw new RefusedAddressException(all[0], PublicAddresses.Fault(all[0])!);
    }

    /// <summary>The host without the brackets of an IPv6 address.</summary>
    private static string Bare(string host) => host.Trim('[', ']');
}

/// <summary>A host has no public address and is not listed.</summary>
internal sealed class RefusedAddressException(IPAddress address, string what) : IOException(
    $"the address {address} is not public ({what}); if that is meant, list the host in PolicySync:Webhooks:AllowedHosts");
