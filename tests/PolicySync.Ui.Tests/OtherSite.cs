using System.Globalization;
using System.Net;
using System.Text;

namespace PolicySync.Ui.Tests;

/// <summary>Serves one page on loopback, at two names: <c>localhost</c> is another site than the service at 127.0.0.1, the other name is another origin of the same site.</summary>
internal sealed class OtherSite : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly byte[] _page;
    private readonly Task _serving;

    public OtherSite(string page)
    {
        _page = Encoding.UTF8.GetBytes(page);
        var port = FreePort.Next();
        Addresses = [.. new[] { "localhost", "127.0.0.1" }.Select(name => new Uri(string.Create(CultureInfo.InvariantCulture, $"http://{name}:{port}/")))];
        foreach (var address in Addresses)
        {
            _listener.Prefixes.Add(address.ToString());
        }

        _listener.Start();
        _serving = ServeAsync();
    }

    public IReadOnlyList<Uri> Addresses { get; }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
        _listener.Close();
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                context.Response.ContentType = "text/html; charset=utf-8";
                await context.Response.OutputStream.WriteAsync(_page);
                context.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                // stopped, or a browser that went away
            }
        }
    }
}
