using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace PolicySync.Testing;

/// <summary>
/// A network that remembers answers to reads and repeats them, some of them damaged. New requests go to the real server.
/// </summary>
public sealed class DamagedNetwork(HttpClient real) : HttpMessageHandler
{
    private readonly ConcurrentDictionary<string, string> _answers = new(StringComparer.Ordinal);
    private Dictionary<string, AnswerDamage> _damaged = [];

    /// <summary>The true answers so far: path and query to body.</summary>
    public IReadOnlyDictionary<string, string> Answers => _answers;

    /// <summary>Whether a damaged answer was given since it was last said which are.</summary>
    public bool WasMet { get; private set; }

    /// <summary>Says which answers are damaged from now on: path and query, and what comes instead.</summary>
    public void Damage(params (string PathAndQuery, AnswerDamage By)[] damaged)
    {
        _damaged = damaged.ToDictionary(one => one.PathAndQuery, one => one.By, StringComparer.Ordinal);
        WasMet = false;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var asked = request.RequestUri!.PathAndQuery;
        if (request.Method != HttpMethod.Get)
        {
            throw new InvalidOperationException($"{request.Method} {asked}: only reads are remembered");
        }

        if (_damaged.TryGetValue(asked, out var by))
        {
            WasMet = true;
            return Answer(request, by.Body, by.MediaType);
        }

        if (!_answers.TryGetValue(asked, out var body))
        {
            using var own = new HttpRequestMessage(HttpMethod.Get, asked);
            own.Headers.Authorization = request.Headers.Authorization;
            using var answer = await real.SendAsync(own, cancellationToken);
            var text = await answer.Content.ReadAsStringAsync(cancellationToken);
            if (!answer.IsSuccessStatusCode)
            {
                return Answer(request, text, "application/json", answer.StatusCode);
            }

            body = _answers[asked] = text;
        }

        return Answer(request, body, "application/json");
    }

    private static HttpResponseMessage Answer(HttpRequestMessage request, string body, string mediaType, HttpStatusCode status = HttpStatusCode.OK) =>
        new(status) { Content = new StringContent(body, Encoding.UTF8, mediaType), RequestMessage = request };
}
