using PolicySync.Adapters.Workspaces.Errors;

namespace PolicySync.Adapters.Workspaces;

/// <summary>
/// The last handler before the network. Counts requests that are sent, records whether the server may have acted, and reads
/// the whole answer, so that a connection lost within a body gets the same retries, time-outs and concurrency bound as one
/// lost before it.
/// </summary>
internal sealed class DispatchHandler : DelegatingHandler
{
    /// <summary>
    /// Largest answer that is read, in bytes after decompression. Pages of Unity Catalog are far below it; a page of SCIM groups
    /// with many members may exceed it and is then requested in smaller parts.
    /// </summary>
    internal const int MaxAnswer = 64 * 1024 * 1024;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var call = WorkspaceCall.Of(request);
        call?.RecordSend();
        try
        {
            var response = await base.SendAsync(request, cancellationToken);
            try
            {
                await response.Content.LoadIntoBufferAsync(MaxAnswer, cancellationToken);
                return response;
            }
            catch (InvalidDataException e)
            {
                // A body that does not decompress is incomplete.
                response.Dispose();
                throw new HttpRequestException(HttpRequestError.InvalidResponse, e.Message, e);
            }
            catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
            {
                // Not repeated: the next answer would be as large.
                response.Dispose();
                throw WorkspaceErrors.ForTooMuch(request, MaxAnswer);
            }
            catch
            {
                response.Dispose();
                throw;
            }
        }
        catch (HttpRequestException e) when (NeverConnected(e))
        {
            call?.MayHaveActed = false;
            throw;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested && e.InnerException is TimeoutException)
        {
            // SocketsHttpHandler reports its ConnectTimeout in this form; no caller cancelled.
            call?.MayHaveActed = false;
            throw new HttpRequestException(HttpRequestError.ConnectionError, "no connection in time", e);
        }
    }

    private static bool NeverConnected(HttpRequestException e) => e.HttpRequestError is
        HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
        or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError;
}
