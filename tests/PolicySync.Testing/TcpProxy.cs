using System.Net;
using System.Net.Sockets;

namespace PolicySync.Cluster.Tests;

/// <summary>Passes on what comes in at one socket. Both ends may lie in networks that do not know each other.</summary>
internal sealed class Relay : IDisposable
{
    private readonly Socket _listening;
    private readonly Func<Socket> _open;
    private readonly IPEndPoint _target;
    private readonly Action<ReadOnlyMemory<byte>>? _onSent;
    private readonly CancellationTokenSource _stop = new();

    /// <param name="listening">Not bound yet; is bound to the target's address in its own network.</param>
    /// <param name="open">Makes a socket in the network of the target.</param>
    /// <param name="port">On loopback, at both ends.</param>
    /// <param name="onSent">Told what goes to the target, piece by piece.</param>
    public Relay(Socket listening, Func<Socket> open, int port, Action<ReadOnlyMemory<byte>>? onSent = null)
    {
        (_listening, _open, _onSent) = (listening, open, onSent);
        _target = new IPEndPoint(IPAddress.Loopback, port);
        _listening.Bind(_target);
        _listening.Listen(256);
        _ = AcceptAsync();
    }

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
        try
        {
            near.NoDelay = far.NoDelay = true;
            await far.ConnectAsync(_target, _stop.Token);
            await Task.WhenAny(CopyAsync(near, far, _onSent), CopyAsync(far, near, onPiece: null));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // either side went away
        }
    }

    private async Task CopyAsync(Socket from, Socket to, Action<ReadOnlyMemory<byte>>? onPiece)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            for (int read; (read = await from.ReceiveAsync(buffer, _stop.Token)) > 0;)
            {
                onPiece?.Invoke(buffer.AsMemory(0, read));
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
