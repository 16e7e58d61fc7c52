using System.Net;
using System.Net.Sockets;

namespace PolicySync.AzureTables.Tests.Harness;

/// <summary>Accepts connections and never answers, like a storage whose network hangs.</summary>
internal sealed class StalledServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public StalledServer() => _listener.Start(); // connections wait in the backlog, unread

    public string ConnectionString =>
        "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=c2VjcmV0LWtleQ==;" +
        $"TableEndpoint=http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/devstoreaccount1;";

    public void Dispose() => _listener.Dispose();
}
