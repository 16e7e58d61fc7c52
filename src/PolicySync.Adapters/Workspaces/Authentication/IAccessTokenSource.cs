namespace PolicySync.Adapters.Workspaces.Authentication;

/// <summary>Where tokens for the workspace come from: a setting, a file, or an identity service.</summary>
internal interface IAccessTokenSource
{
    /// <summary>A token that should be accepted.</summary>
    /// <exception cref="Core.Errors.SyncException">No token is available.</exception>
    ValueTask<AccessToken> GetAsync(CancellationToken cancellation);

    /// <summary>Another token after the workspace refused one; null when there is no other.</summary>
    ValueTask<AccessToken?> ReplaceAsync(AccessToken refused, CancellationToken cancellation);
}
