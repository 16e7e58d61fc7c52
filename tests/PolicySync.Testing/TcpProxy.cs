using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PolicySync.Testing;

/// <summary>
/// Forwards TCP connections to a port of loopback. Both ends may lie in networks that cannot reach each other. It can
/// lose answers: the request is forwarded and takes effect, and the connection is cut before the answer arrives.
/// </summary>
public sealed class TcpProxy : IDisposable
{
    private readonly Socket _listening;
    private readonly Func<Socket> _open;
    private readonly IPEndPoint _target;
    private readonly Func<ReadOnlyMemory<byte>, bool> _losesAnswer;
    private readonly CancellationTokenSource _stop = new();

    /// <param name="listening">Bound to an address of its network.</param>
    /// <param name="open">Makes a socket in the network of the target.</param>
    /// <param name="target">The port of the target's loopback.</param>
    /// <param name="losesAnswer">Receives each piece on its way to the target; true cuts the connection once an answer arrives.</param>
    public TcpProxy(Socket listening, Func<Socket> open, int target, Func<ReadOnlyMemory<byte>, bool> losesAnswer)
    {
        (_listening, _open, _losesAnswer) = (listening, open, losesAnswer);
        _target = new IPEndPoint(IPAddress.Loopback, target);
        _listening.Listen(256);
        _ = AcceptAsync();
    }

    /// <summary>A proxy of an HTTP server.</summary>
    /// <param name="target">The server's port.</param>
    /// <param name="losesAnswer">Receives the request line; true cuts the connection once the request was served.</param>
    public static TcpProxy ToHttp(int target, Func<string, bool> losesAnswer)
    {
        var listening = NewSocket();
        listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return new TcpProxy(listening, NewSocket, target, piece => losesAnswer(Encoding.ASCII.GetString(piece.Span).Split('\r')[0]));
    }

    public static Socket NewSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    /// <summary>A connection string of the target, changed to lead here.</summary>
    public string ConnectionStringLike(string connectionString) => connectionString.Replace(
        $":{_target.Port}/", $":{((IPEndPoint)_listening.LocalEndPoint!).Port}/", StringComparison.Ordinal);

    public void Dispose()
    {
        _stop.Cancel();
        _listening.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listening.AcceptAsync(_stop.Token));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // the test is over
        }
    }

    private async Task ServeAsync(Socket near)
    {
        using var one = near;
        using var far = _open();
        var isLost = false;
        try
        {
            near.NoDelay = far.NoDelay = true;
            await far.ConnectAsync(_target, _stop.Token);
            await Task.WhenAny(
                CopyAsync(near, far, piece => { isLost |= _losesAnswer(piece); return true; }),
                CopyAsync(far, near, _ => !isLost));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // either side went away
        }
    }

    private async Task CopyAsync(Socket from, Socket to, Func<ReadOnlyMemory<byte>, bool> isForwarded)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            for (int read; (read = await from.ReceiveAsync(buffer, _stop.Token)) > 0 && isForwarded(buffer.AsMemory(0, read));)
            {
                for (var sent = 0; sent < read;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), _stop.Token);
                }
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // either side went away
        }
    }
}
