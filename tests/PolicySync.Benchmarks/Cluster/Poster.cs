using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace PolicySync.Benchmarks.Cluster;

/// <summary>Posts bodies to one address, without retries: what is not accepted is not counted.</summary>
internal sealed class Poster : IDisposable
{
    private readonly HttpClient _http;
    private int _refused;

    public Poster(Uri url, string token)
    {
        _http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 512 }) { BaseAddress = url, Timeout = TimeSpan.FromSeconds(30) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Answers other than 202.</summary>
    public int Refused => _refused;

    /// <summary>1 when accepted, else 0.</summary>
    public async Task<int> PostAsync(string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await _http.PostAsync(new Uri(path, UriKind.Relative), content);
        if (answer.StatusCode == HttpStatusCode.Accepted)
        {
            return 1;
        }

        Interlocked.Increment(ref _refused);
        return 0;
    }

    /// <summary>A request for one table, with the id of its event where it is one.</summary>
    public static string TaskFor(string table, string? id = null)
    {
        var names = table.Split('.');
        return $$$"""{{{{(id is null ? "" : $"\"id\":\"{id}\",")}}}"type":"RESOURCE_SYNC","requestInfo":{"resources":[{"type":"table","values":{"catalog":"{{{names[0]}}}","schema":"{{{names[1]}}}","table":"{{{names[2]}}}"}}]}}""";
    }

    public const string TaskPath = "policysync/api/v1/task";

    public void Dispose() => _http.Dispose();
}
