using System.Net;
using System.Net.Http.Headers;
using PolicySync.Adapters.Workspaces.Errors;

namespace PolicySync.Adapters.Workspaces.Authentication;

/// <summary>
/// Signs requests. The server does not act on a request whose token it refuses, so the request, even a write, is sent once
/// more if there is another token.
/// </summary>
internal sealed class AuthenticationHandler(IAccessTokenSource tokens) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var token = await tokens.GetAsync(cancellationToken);
        var response = await SendAsync(request, token, cancellationToken);
        if (response.StatusCode is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            || !ErrorTable.RefusesToken(await ErrorBody.ReadAsync(response)))
        {
            return response;
        }

        WorkspaceCall.Of(request)?.MayHaveActed = false;
        AccessToken? other;
        try
        {
            other = await tokens.ReplaceAsync(token, cancellationToken);
        }
        catch
        {
            response.Dispose();
            throw;
        }

        if (other is null)
        {
            return response;
        }

        response.Dispose();
        return await SendAsync(request, other, cancellationToken);
    }

    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, AccessToken token, CancellationToken cancellation)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Reveal());
        return base.SendAsync(request, cancellation);
    }
}
