using Polly.Timeout;

namespace PolicySync.Adapters.Workspaces.Errors;

/// <summary>
/// The first handler of a call: turns every failure of the later handlers into <see cref="Core.Errors.SyncException"/>, except
/// cancellation by the caller.
/// </summary>
internal sealed class FailureHandler(WorkspaceErrors errors) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await base.SendAsync(request, cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TimeoutRejectedException)
        {
            throw WorkspaceErrors.ForNoAnswer(request, e);
        }

        if (await errors.ForAsync(request, response) is { } refusal)
        {
            response.Dispose();
            throw refusal;
        }

        return response;
    }
}
