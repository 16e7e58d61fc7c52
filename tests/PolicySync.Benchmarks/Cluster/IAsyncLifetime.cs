namespace PolicySync.Testing;

/// <summary>Stands in for xunit's interface, which the shared Azurite names and this program has no use for.</summary>
public interface IAsyncLifetime
{
    Task InitializeAsync();

    Task DisposeAsync();
}
