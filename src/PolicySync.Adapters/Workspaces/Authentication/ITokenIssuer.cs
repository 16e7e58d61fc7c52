namespace PolicySync.Adapters.Workspaces.Authentication;

/// <summary>An identity service. Each request returns a new token; the caller caches it.</summary>
internal interface ITokenIssuer
{
    /// <exception cref="Core.Errors.SyncException">The service did not issue a token.</exception>
    Task<IssuedToken> RequestAsync(CancellationToken cancellation);
}
