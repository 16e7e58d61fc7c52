using System.Net;
using System.Net.Sockets;

namespace PolicySync.AzureTables.Tests.Harness;

/// <summary>
/// Stands before the storage and can lose answers: the request is passed on and takes effect, and the connection is cut
/// before the answer is. What a client then does is what these tests are about.
/// </summary>
internal sealed class FaultyProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, bool> _losesAnswer;

    /// <param name="target">The storage's port.</param>
    /// <param name="losesAnswer">Told the request line; true cuts the connection once the request was served.</param>
    public FaultyProxy(int target, Func<string, bool> losesAnswer)
    {
        _target = target;
        _losesAnswer = losesAnswer;
        _listener.Start();
        _ = AcceptAsync();
    }

    public string ConnectionStringLike(string connectionString) => connectionString.Replace(
        $":{_target}/", $":{((IPEndPoint)_listener.LocalEndpoint).Port}/", StringComparison.Ordinal);

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var near = client;
        using var far = new TcpClient();
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
            var loses = false;
            var forth = CopyAsync(near.GetStream(), far.GetStream(), line => loses |= _losesAnswer(line));
            var back = CopyAnswersAsync(far.GetStream(), near.GetStream(), () => loses);
            await Task.WhenAny(forth, back);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // Either side went away.
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, Action<string> onRequest)
    {
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await from.ReadAsync(buffer, _stop.Token)) > 0)
        {
            onRequest(System.Text.Encoding.ASCII.GetString(buffer, 0, read).Split('\r')[0]);
            await to.WriteAsync(buffer.AsMemory(0, read), _stop.Token);
        }
    }

    // The first bytes of an answer mean that the request has taken effect.
    private async Task CopyAnswersAsync(NetworkStream from, NetworkStream to, Func<bool> lost)
    {
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await from.ReadAsync(buffer, _stop.Token)) > 0 && !lost())
        {
            await to.WriteAsync(buffer.AsMemory(0, read), _stop.Token);
        }
    }
}
