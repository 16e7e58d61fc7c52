namespace PolicySync.Adapters.Workspaces.Authentication;

/// <summary>An identity service. Each request gives a token anew; keeping it is for the caller.</summary>
internal interface ITokenIssuer
{
    /// <exception cref="Core.Errors.SyncException">No token can be had.</exception>
    Task<IssuedToken> RequestAsync(CancellationToken cancellation);
}
