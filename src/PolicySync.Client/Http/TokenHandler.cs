using System.Net;
using System.Net.Http.Headers;

namespace PolicySync.Client.Http;

/// <summary>Adds the token. A request that is answered 401 is sent again with the token of then, when that is another one.</summary>
internal sealed class TokenHandler(Func<CancellationToken, ValueTask<string>> token) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var first = await token(cancellationToken).ConfigureAwait(false);
        var response = await SendAsync(request, first, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.Unauthorized)
        {
            return response;
        }

        var second = await token(cancellationToken).ConfigureAwait(false);
        if (second == first)
        {
            return response;
        }

        response.Dispose();
        return await SendAsync(request, second, cancellationToken).ConfigureAwait(false);
    }

    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string bearer, CancellationToken cancellation)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        return base.SendAsync(request, cancellation);
    }
}
