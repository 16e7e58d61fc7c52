using System.Net;
using System.Text;

namespace PolicySync.Adapters.Tests.Support;

/// <summary>A request as it reached the workspace.</summary>
internal sealed record SeenRequest(
    HttpMethod Method, string PathAndQuery, string? Authorization, string? Body, string? ContentType, DateTimeOffset At)
{
    /// <summary>Whether it has the header without which the identity service of a machine refuses a request.</summary>
    public bool IsForMetadata { get; init; }

    /// <summary>Method, path and query, as they are on the wire.</summary>
    public string Line => $"{Method} {PathAndQuery}";

    public string Path => PathAndQuery.Split('?')[0];

    /// <summary>The value of a query parameter, unescaped; null when it is absent.</summary>
    public string? Query(string name) => PathAndQuery.Split('?', 2) is [_, var query]
        ? query.Split('&').Select(pair => pair.Split('=', 2)).Where(pair => pair[0] == name).Select(pair => Uri.UnescapeDataString(pair[1])).SingleOrDefault()
        : null;
}

/// <summary>Stands in for the network: notes each request and answers by a script.</summary>
internal sealed class StubWorkspace(TimeProvider time) : HttpMessageHandler
{
    private readonly Lock _gate = new();
    private readonly List<SeenRequest> _seen = [];
    private readonly Queue<Func<SeenRequest, CancellationToken, Task<HttpResponseMessage>>> _script = new();

    /// <summary>Answers what the script does not; by default an unexpected request fails the test.</summary>
    public Func<SeenRequest, HttpResponseMessage>? Otherwise { get; set; }

    public IReadOnlyList<SeenRequest> Seen
    {
        get
        {
            lock (_gate)
            {
                return [.. _seen];
            }
        }
    }

    public SeenRequest Only => Assert.Single(Seen);

    public StubWorkspace Then(Func<SeenRequest, CancellationToken, Task<HttpResponseMessage>> answer)
    {
        _script.Enqueue(answer);
        return this;
    }

    public StubWorkspace Then(HttpResponseMessage answer) => Then((_, _) => Task.FromResult(answer));

    public StubWorkspace ThenJson(string json) => Then(Json(json));

    public StubWorkspace ThenError(int status, string body = "", string type = "application/json") => Then(Answer(status, body, type));

    public StubWorkspace ThenThrow(Exception e) => Then((_, _) => throw e);

    /// <summary>Never answers; ends when the caller gives up.</summary>
    public StubWorkspace ThenSilence() => Then(async (_, cancellation) =>
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
        throw new InvalidOperationException("unreachable");
    });

    public static HttpResponseMessage Json(string json) => Answer(200, json);

    public static HttpResponseMessage Answer(int status, string body, string type = "application/json") =>
        new((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, type) };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var seen = new SeenRequest(
            request.Method,
            request.RequestUri!.PathAndQuery,
            request.Headers.Authorization?.ToString(),
            request.Content is null ? null : await request.Content.ReadAsStringAsync(cancellationToken),
            request.Content?.Headers.ContentType?.MediaType,
            time.GetUtcNow())
        {
            IsForMetadata = request.Headers.Contains("Metadata"),
        };
        Func<SeenRequest, CancellationToken, Task<HttpResponseMessage>>? next;
        lock (_gate)
        {
            _seen.Add(seen);
            _script.TryDequeue(out next);
        }

        var answer = next is not null ? await next(seen, cancellationToken)
            : Otherwise is { } otherwise ? otherwise(seen)
            : throw new InvalidOperationException($"unexpected request: {seen.Line}");
        answer.RequestMessage = request;
        return answer;
    }
}
