using System.Net;
using PolicySync.Client.Streams;

namespace PolicySync.Client.Http;

/// <summary>
/// Repeats requests that met 429, 502, 503, 504 or a lost connection: after <c>Retry-After</c>, or after a growing pause where the answer
/// does not have it. Every request of this client may be repeated: those that create have a key, and to cancel twice is to cancel once.
/// </summary>
internal sealed class RetryHandler(PolicySyncClientOptions options) : DelegatingHandler
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            HttpResponseMessage? response = null;
            try
            {
                response = await AttemptAsync(request, cancellationToken).ConfigureAwait(false);
            }
            catch (HttpRequestException) when (attempt < options.MaxAttempts)
            {
                // Repeated below.
            }

            var pause = Backoff(attempt);
            if (response is not null)
            {
                pause = RetryAfter(response, options.Time) ?? pause;
                if (!MayPass(response.StatusCode) || attempt >= options.MaxAttempts || pause > options.MaxRetryPause)
                {
                    return response;
                }

                response.Dispose();
            }

            await Task.Delay(pause, options.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    // The body is part of the attempt, except of a stream, which has a watch of its own.
    private async Task<HttpResponseMessage> AttemptAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(options.AttemptTimeout, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        HttpResponseMessage? response = null;
        try
        {
            response = await base.SendAsync(request, either.Token).ConfigureAwait(false);
            if (response.Content.Headers.ContentType?.MediaType != TaskStream.MediaType)
            {
                await response.Content.LoadIntoBufferAsync(either.Token).ConfigureAwait(false);
            }

            return response;
        }
        catch (Exception e)
        {
            response?.Dispose();
            if (e is OperationCanceledException && !cancellation.IsCancellationRequested)
            {
                throw new HttpRequestException($"{request.Method} {request.RequestUri!.AbsolutePath} was not answered within {options.AttemptTimeout}", e);
            }

            throw;
        }
    }

    /// <summary>How long an answer asks to wait; null when it does not say.</summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider time) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date > time.GetUtcNow() ? date - time.GetUtcNow() : TimeSpan.Zero,
        _ => null,
    };

    private static bool MayPass(HttpStatusCode status) => status is HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway
        or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    // Doubles with each attempt; half of it is random, so that clients which failed together do not return together.
    private TimeSpan Backoff(int attempt)
    {
        double chance;
        lock (options.Random)
        {
            chance = options.Random.NextDouble();
        }

        var longest = Math.Min(FirstPause.TotalSeconds * Math.Pow(2, attempt - 1), options.MaxRetryPause.TotalSeconds);
        return TimeSpan.FromSeconds(longest * (0.5 + (chance / 2)));
    }
}
