namespace PolicySync.Adapters.Workspaces.Authentication;

/// <summary>A token in a file, for example a mounted secret. It is read once, and again when the workspace refuses it.</summary>
internal sealed class FileTokenSource(string path) : IAccessTokenSource
{
    private const string Origin = "the file of PolicySync:Workspace:TokenFile";

    private AccessToken? _token;

    public async ValueTask<AccessToken> GetAsync(CancellationToken cancellation) =>
        Volatile.Read(ref _token) ?? await ReadAsync(cancellation);

    public async ValueTask<AccessToken?> ReplaceAsync(AccessToken refused, CancellationToken cancellation)
    {
        var token = await ReadAsync(cancellation);
        return token.Is(refused) ? null : token;
    }

    private async ValueTask<AccessToken> ReadAsync(CancellationToken cancellation)
    {
        var token = AccessToken.From(await SecretFile.ReadAsync(path, Origin, cancellation), Origin);
        Volatile.Write(ref _token, token);
        return token;
    }
}
