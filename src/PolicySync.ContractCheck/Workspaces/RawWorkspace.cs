using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PolicySync.Adapters.Workspaces;
using PolicySync.Adapters.Workspaces.Authentication;
using PolicySync.Adapters.Workspaces.Errors;

namespace PolicySync.ContractCheck.Workspaces;

/// <summary>
/// The workspace without the service's client around it, for what that client does not say: statuses, and answers to
/// requests that it never makes. Its connections, credential and budget are the client's. What is sent may be sent again,
/// when the workspace asks for patience.
/// </summary>
internal sealed class RawWorkspace(IHttpClientFactory clients, IAccessTokenSource tokens, TimeProvider time)
{
    /// <summary>Name of the HTTP client that keeps to the budget.</summary>
    public const string Client = "policysync.check";

    /// <summary>Name of the HTTP client that does not.</summary>
    public const string HurriedClient = "policysync.check.hurried";

    private const int Attempts = 5;

    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    public Task<RawAnswer> GetAsync(string path, CancellationToken stop) => SendAsync(HttpMethod.Get, path, null, stop);

    public Task<RawAnswer> PostAsync(string path, JsonObject body, CancellationToken stop) => SendAsync(HttpMethod.Post, path, body, stop);

    public Task<RawAnswer> PatchAsync(string path, JsonObject body, CancellationToken stop) => SendAsync(HttpMethod.Patch, path, body, stop);

    public Task<RawAnswer> DeleteAsync(string path, CancellationToken stop) => SendAsync(HttpMethod.Delete, path, null, stop);

    /// <summary>A read with another token; <paramref name="token"/> null for none.</summary>
    public Task<RawAnswer> GetAsAsync(AccessToken? token, string path, CancellationToken stop) =>
        RepeatAsync(Client, () => Request(HttpMethod.Get, path, null, token), stop);

    /// <summary>One read, at once and once.</summary>
    public async Task<RawAnswer> HurryAsync(string path, CancellationToken stop) =>
        await OnceAsync(HurriedClient, Request(HttpMethod.Get, path, null, await tokens.GetAsync(stop)), stop);

    private async Task<RawAnswer> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken stop)
    {
        var token = await tokens.GetAsync(stop);
        return await RepeatAsync(Client, () => Request(method, path, body, token), stop);
    }

    private async Task<RawAnswer> RepeatAsync(string client, Func<HttpRequestMessage> request, CancellationToken stop)
    {
        for (var attempt = 1; ; attempt++)
        {
            var answer = await OnceAsync(client, request(), stop);
            if (attempt == Attempts || answer.Status is not (429 or 503))
            {
                return answer;
            }

            await Task.Delay(Pause(answer, attempt), time, stop);
        }
    }

    private async Task<RawAnswer> OnceAsync(string client, HttpRequestMessage request, CancellationToken stop)
    {
        using var timeout = new CancellationTokenSource(AttemptTimeout, time);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop);
        using (request)
        {
            try
            {
                using var http = clients.CreateClient(client);
                using var response = await http.SendAsync(request, enough.Token);
                var error = response.IsSuccessStatusCode ? null : Safe(await ErrorBody.ReadAsync(response), request);
                return new RawAnswer(
                    (int)response.StatusCode, Json(await response.Content.ReadAsStringAsync(enough.Token)), error,
                    response.Headers.TryGetValues("Retry-After", out var values) ? string.Join(',', values) : null);
            }
            catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
            {
                throw new HttpRequestException($"no answer to {request.Method} {request.RequestUri} within {AttemptTimeout}", e);
            }
        }
    }

    private TimeSpan Pause(RawAnswer answer, int attempt)
    {
        var asked = RetryConditionHeaderValue.TryParse(answer.RetryAfter, out var header)
            ? header.Delta ?? (header.Date - time.GetUtcNow())
            : answer.Error?.RetryDelay;
        var pause = asked ?? TimeSpan.FromSeconds(attempt);
        return pause < TimeSpan.Zero ? TimeSpan.Zero : pause > LongestPause ? LongestPause : pause;
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, JsonObject? body, AccessToken? token)
    {
        var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Reveal());
        }

        return request;
    }

    private static WorkspaceError Safe(WorkspaceError error, HttpRequestMessage request)
    {
        string[] secrets = request.Headers.Authorization?.Parameter is { Length: > 0 } token ? [token] : [];
        return error with { Code = error.Code is null ? null : SafeText.Of(error.Code, secrets), Message = SafeText.Of(error.Message, secrets) };
    }

    private static JsonObject? Json(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
