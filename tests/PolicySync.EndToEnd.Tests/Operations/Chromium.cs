using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PolicySync.EndToEnd.Tests.Operations;

/// <summary>
/// A real browser without a window, steered by its DevTools protocol (https://chromedevtools.github.io/devtools-protocol/)
/// over a loopback socket. It has a profile of its own and ends with the test.
/// </summary>
internal sealed class Chromium : IAsyncDisposable
{
    private const string Announcement = "DevTools listening on ";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly string _profile;
    private readonly ClientWebSocket _socket = new();
    private string _session = "";
    private int _last;

    private Chromium(Process process, string profile) => (_process, _profile) = (process, profile);

    public static async Task<Chromium> StartAsync()
    {
        var profile = Directory.CreateTempSubdirectory("policysync-browser-").FullName;
        var start = new ProcessStartInfo(NeedsToolAttribute.PathOf("chromium") ?? throw new FileNotFoundException("chromium is not installed"))
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            Environment = { ["TMPDIR"] = profile }, // what it leaves there goes with the profile
        };
        foreach (var argument in new[]
                 {
                     "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                     "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--window-size=1400,1000",
                     "--remote-debugging-address=127.0.0.1", "--remote-debugging-port=0", $"--user-data-dir={profile}", "about:blank",
                 })
        {
            start.ArgumentList.Add(argument);
        }

        var browser = new Chromium(Process.Start(start)!, profile);
        try
        {
            await browser.ConnectAsync();
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    public Task OpenAsync(Uri page) => CallAsync("Page.navigate", new JsonObject { ["url"] = page.ToString() });

    /// <summary>What a script gives, as text.</summary>
    public async Task<string> EvaluateAsync(string script)
    {
        var answer = await CallAsync("Runtime.evaluate", new JsonObject { ["expression"] = $"String({script})", ["returnByValue"] = true });
        return (string?)answer["result"]?["value"] ?? "";
    }

    /// <summary>Waits until a script gives <c>true</c>. A script that meets a page which is just leaving is not answered.</summary>
    public Task UntilAsync(string script) => Wait.ForAsync(
        async () =>
        {
            try
            {
                return await EvaluateAsync(script);
            }
            catch (InvalidOperationException e)
            {
                return e.Message;
            }
        },
        value => value == "true", Limit, value => $"`{script}` is {value}");

    /// <summary>A picture of the page, as PNG.</summary>
    public async Task<byte[]> PictureAsync() =>
        Convert.FromBase64String((string)(await CallAsync("Page.captureScreenshot", []))["data"]!);

    /// <summary>A picture of the whole page, also of what does not fit into the window.</summary>
    public async Task<byte[]> WholePictureAsync()
    {
        var (width, height) = (int.Parse(await EvaluateAsync("document.documentElement.scrollWidth"), CultureInfo.InvariantCulture),
            int.Parse(await EvaluateAsync("document.documentElement.scrollHeight"), CultureInfo.InvariantCulture));
        var clip = new JsonObject { ["x"] = 0, ["y"] = 0, ["width"] = width, ["height"] = height, ["scale"] = 1 };
        return Convert.FromBase64String((string)(await CallAsync("Page.captureScreenshot", new JsonObject { ["captureBeyondViewport"] = true, ["clip"] = clip }))["data"]!);
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        await Wait.ForAsync(() => Task.FromResult(TryRemoveProfile()), done => done, Limit, _ => $"{_profile} cannot be removed");
    }

    private async Task ConnectAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        string? line;
        do
        {
            line = await _process.StandardError.ReadLineAsync(limit.Token);
        }
        while (line?.StartsWith(Announcement, StringComparison.Ordinal) is false);

        await _socket.ConnectAsync(new Uri(line?[Announcement.Length..] ?? throw new InvalidOperationException("chromium ended")), limit.Token);
        _ = _process.StandardError.ReadToEndAsync(CancellationToken.None); // or it would wait for a reader
        var target = await CallAsync("Target.createTarget", new JsonObject { ["url"] = "about:blank" });
        var attached = await CallAsync("Target.attachToTarget", new JsonObject { ["targetId"] = (string)target["targetId"]!, ["flatten"] = true });
        _session = (string)attached["sessionId"]!;
        await CallAsync("Page.enable", []);
    }

    private async Task<JsonNode> CallAsync(string method, JsonObject parameters)
    {
        var id = ++_last;
        var call = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters };
        if (_session.Length > 0)
        {
            call["sessionId"] = _session;
        }

        using var limit = new CancellationTokenSource(Limit);
        await _socket.SendAsync(Encoding.UTF8.GetBytes(call.ToJsonString()), WebSocketMessageType.Text, true, limit.Token);
        while (true)
        {
            var answer = await ReceiveAsync(limit.Token);
            if ((int?)answer["id"] == id)
            {
                return answer["result"] ?? throw new InvalidOperationException($"{method}: {answer["error"]?.ToJsonString()}");
            }
        }
    }

    private async Task<JsonNode> ReceiveAsync(CancellationToken cancellation)
    {
        using var message = new MemoryStream();
        var part = new byte[64 * 1024];
        WebSocketReceiveResult received;
        do
        {
            received = await _socket.ReceiveAsync(part, cancellation);
            message.Write(part, 0, received.Count);
        }
        while (!received.EndOfMessage);

        return JsonSerializer.Deserialize<JsonNode>(message.ToArray())!;
    }

    private bool TryRemoveProfile()
    {
        try
        {
            Directory.Delete(_profile, recursive: true);
            return true;
        }
        catch (IOException)
        {
            return false; // a child of the browser still writes
        }
    }
}
