namespace PolicySync.Adapters.Workspaces.Authentication;

/// <summary>The token of the settings. It never changes, so a refused one has no replacement.</summary>
internal sealed class FixedTokenSource(string token) : IAccessTokenSource
{
    private readonly AccessToken _token = AccessToken.From(token, "PolicySync:Workspace:Token");

    public ValueTask<AccessToken> GetAsync(CancellationToken cancellation) => ValueTask.FromResult(_token);

    public ValueTask<AccessToken?> ReplaceAsync(AccessToken refused, CancellationToken cancellation) =>
        ValueTask.FromResult<AccessToken?>(null);
}
