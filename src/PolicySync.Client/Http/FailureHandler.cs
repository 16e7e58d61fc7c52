using System.Net;
using System.Text.Json;

namespace PolicySync.Client.Http;

/// <summary>Turns every answer that is not a success into a <see cref="PolicySyncException"/>.</summary>
internal sealed class FailureHandler(TimeProvider time) : DelegatingHandler
{
    /// <summary>Most characters of a problem document; a longer answer is not one of the service's.</summary>
    private const int MaxLength = 1 << 20;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw Failure(request, response, await ReadAsync(response, cancellationToken).ConfigureAwait(false));
        }
    }

    /// <summary>The failure for a success that cannot be read.</summary>
    public static PolicySyncException Unreadable(HttpRequestMessage request, HttpStatusCode? status, Exception? cause) => new(
        $"{Name(request)} was answered {(int?)status} with a body that is not one of the service's; check the address and what is between", cause)
    {
        Status = status ?? default,
    };

    private PolicySyncException Failure(HttpRequestMessage request, HttpResponseMessage response, ProblemDocument? problem)
    {
        var status = (int)response.StatusCode;
        var retryAfter = RetryHandler.RetryAfter(response, time);
        return problem is not { Code: { } code }
            ? new PolicySyncException($"{Name(request)} was answered {status} by something other than the service; check the address and what is between")
            {
                Status = response.StatusCode,
                RetryAfter = retryAfter,
            }
            : new PolicySyncException($"{Name(request)} was answered {status} {code}: {problem.Detail ?? problem.Title} (trace {problem.TraceId})")
            {
                Status = response.StatusCode,
                RetryAfter = retryAfter,
                Code = code,
                Title = problem.Title,
                Detail = problem.Detail,
                Faults = problem.Errors ?? [],
                TraceId = problem.TraceId,
            };
    }

    private static async Task<ProblemDocument?> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.Content.Headers.ContentType?.MediaType != "application/problem+json")
        {
            return null;
        }

        try
        {
            await response.Content.LoadIntoBufferAsync(MaxLength, cancellation).ConfigureAwait(false);
            var stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            return await JsonSerializer.DeserializeAsync(stream, ClientJson.Default.ProblemDocument, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is JsonException or HttpRequestException)
        {
            return null;
        }
    }

    private static string Name(HttpRequestMessage request) => $"{request.Method} {request.RequestUri!.AbsolutePath}";
}
