using Microsoft.Extensions.Logging;
using PolicySync.Core.Errors;

namespace PolicySync.Adapters.Workspaces.Authentication;

/// <summary>
/// Tokens of an identity service: the workspace's own (OAuth machine-to-machine) or Azure Entra ID. Concurrent callers share
/// one request. A token is renewed after 80 % of its lifetime while calls still use it, so that no call waits.
/// </summary>
internal sealed partial class OAuthTokenSource(
    ITokenIssuer issuer, TimeProvider time, ILogger<OAuthTokenSource> logger) : IAccessTokenSource
{
    private const double RenewAt = 0.8;

    /// <summary>Time between tries to renew a token that still holds.</summary>
    private static readonly TimeSpan RenewAgain = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private Held? _held;
    private Task<Held>? _request;
    private long? _triedAt;

    public async ValueTask<AccessToken> GetAsync(CancellationToken cancellation)
    {
        Task<Held> request;
        lock (_gate)
        {
            if (_held is { } held && Age(held) < held.Life)
            {
                if (Age(held) >= held.Life * RenewAt && !TriedJustNow())
                {
                    _ = RequestLocked();
                }

                return held.Token;
            }

            request = RequestLocked();
        }

        return (await request.WaitAsync(cancellation)).Token;
    }

    public async ValueTask<AccessToken?> ReplaceAsync(AccessToken refused, CancellationToken cancellation)
    {
        Task<Held> request;
        lock (_gate)
        {
            // Of many calls refused together, the first fetches the new token and the others find it here.
            if (_held is { } held && !held.Token.Is(refused) && Age(held) < held.Life)
            {
                return held.Token;
            }

            _held = null;
            request = RequestLocked();
        }

        var fresh = (await request.WaitAsync(cancellation)).Token;
        return fresh.Is(refused) ? null : fresh;
    }

    // Not bound to a caller: one that stops waiting must not fail the others.
    private Task<Held> RequestLocked()
    {
        if (_request is null)
        {
            _triedAt = time.GetTimestamp();
            _request = Task.Run(RequestAsync);
        }

        return _request;
    }

    private async Task<Held> RequestAsync()
    {
        try
        {
            // The lifetime counts from before the request, since it includes the time that the answer took.
            var asked = time.GetTimestamp();
            var answer = await issuer.RequestAsync(CancellationToken.None);
            var held = new Held(AccessToken.From(answer.Token, "the token that was issued"), asked, answer.Life);
            lock (_gate)
            {
                _held = held;
            }

            return held;
        }
        catch (SyncException e)
        {
            LogNoToken(e.Code, e.Message);
            throw;
        }
        finally
        {
            lock (_gate)
            {
                _request = null;
            }
        }
    }

    private TimeSpan Age(Held held) => time.GetElapsedTime(held.Since);

    private bool TriedJustNow() => _triedAt is { } tried && time.GetElapsedTime(tried) < RenewAgain;

    [LoggerMessage(120, LogLevel.Warning, "No token from the identity service ({Code}): {Reason}")]
    private partial void LogNoToken(SyncErrorCode code, string reason);

    private sealed record Held(AccessToken Token, long Since, TimeSpan Life);
}
