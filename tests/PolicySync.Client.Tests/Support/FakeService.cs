using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace PolicySync.Client.Tests.Support;

/// <summary>One request as it arrived.</summary>
internal sealed record Arrived(string Line, IHeaderDictionary Headers, string Body)
{
    public string? Header(string name) => Headers[name];
}

/// <summary>A server that answers requests by a script, one answer after the other, and remembers them.</summary>
internal sealed class FakeService : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Func<HttpContext, Task>> _answers = [];
    private readonly List<PolicySyncClient> _clients = [];

    private FakeService(WebApplication app) => _app = app;

    public ConcurrentQueue<Arrived> Requests { get; } = [];

    public RecordedTime Time { get; } = new();

    public Uri Url => new(_app.Urls.Single());

    public static async Task<FakeService> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var service = new FakeService(builder.Build());
        service._app.Run(service.AnswerAsync);
        await service._app.StartAsync();
        return service;
    }

    /// <summary>A client whose pauses take no time.</summary>
    public PolicySyncClient Client(Action<PolicySyncClientOptions>? change = null)
    {
        var options = new PolicySyncClientOptions
        {
            Address = Url, Token = _ => ValueTask.FromResult("t1"), Time = Time, StreamSilence = Timeout.InfiniteTimeSpan,
            AttemptTimeout = Timeout.InfiniteTimeSpan,
        };
        change?.Invoke(options);
        var client = new PolicySyncClient(options);
        _clients.Add(client);
        return client;
    }

    public FakeService Then(Func<HttpContext, Task> answer)
    {
        _answers.Enqueue(answer);
        return this;
    }

    public FakeService Then(int status, string body, string type = "application/json", params (string Name, string Value)[] headers) => Then(http =>
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = type;
        foreach (var (name, value) in headers)
        {
            http.Response.Headers[name] = value;
        }

        return http.Response.WriteAsync(body);
    });

    /// <summary>The connection is cut off without an answer.</summary>
    public FakeService ThenNothing() => Then(http =>
    {
        http.Abort();
        return Task.CompletedTask;
    });

    public FakeService ThenProblem(int status, string code, string more = "", params (string Name, string Value)[] headers) => Then(
        status,
        $$"""{"type":"/problems/x","title":"A title","status":{{status}},"code":"{{code}}","detail":"a detail","instance":"/","traceId":"4bf92f"{{more}}}""",
        "application/problem+json",
        headers);

    public FakeService ThenTask(string status, string more = "", int answer = 200, params (string Name, string Value)[] headers) =>
        Then(answer, TaskText(status, more), headers: headers);

    /// <summary>Events, after which the connection is closed, or broken off when <paramref name="broken"/> has ended.</summary>
    public FakeService ThenEvents(string events, Task? broken = null) => Then(async http =>
    {
        http.Response.ContentType = "text/event-stream";
        await http.Response.WriteAsync(events);
        await http.Response.Body.FlushAsync();
        if (broken is not null)
        {
            await broken;
            http.Abort();
        }
    });

    public static string TaskText(string status, string more = "") => $$"""{"taskId":"42","status":"{{status}}","message":"m"{{more}}}""";

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync();
        Requests.Enqueue(new Arrived(
            $"{http.Request.Method} {http.Request.Path}{http.Request.QueryString}", new HeaderDictionary(http.Request.Headers.ToDictionary()), body));
        Assert.True(_answers.TryDequeue(out var answer), "the script has no further answer");
        await answer(http);
    }
}
